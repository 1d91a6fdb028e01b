import { isWithheld } from '../../agents/turn/environment.ts';
import type { Config } from '../../config/schema.ts';
import { isNetworkVariable } from '../../process/network-variables.ts';
import { secretValues } from '../../secrets/values.ts';

const PASSED_ON = /^(PATH|HOME|LANG|LC_.*|TERM|TMPDIR|USER|LOGNAME|SHELL)$/;

/** The part of the worker's environment that the person's commands get, and the secrets in it. */
export interface CommandEnvironment {
  readonly variables: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

/** Selects the variables that every program needs, and those that coppice.yaml names. */
export function commandEnvironment(
  env: NodeJS.ProcessEnv,
  { hooks, agent }: Pick<Config, 'hooks' | 'agent'>,
): CommandEnvironment {
  const named = hooks.env ?? agent.env;
  const variables = Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value !== undefined &&
      (PASSED_ON.test(name) || isNetworkVariable(name) || named.includes(name)) &&
      !isWithheld(name)
        ? [[name, value] as const]
        : [],
    ),
  );
  return { variables, secrets: secretValues(variables, named) };
}
