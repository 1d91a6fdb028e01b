import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import type { AgentSettings } from '../../domain/settings/agent-settings.ts';
import { isNetworkVariable } from '../../process/network-variables.ts';
import { withTemporary } from '../../process/temporary.ts';
import { secretValues } from '../../secrets/values.ts';
import type { AgentAdapter } from '../adapters/adapter.ts';

export type Environment = Readonly<Record<string, string>>;

const ALLOWED = /^(PATH|HOME|LANG|LC_[A-Z]+|TERM|TMPDIR|TZ|USER|LOGNAME|SHELL)$/;

/** Variables that no agent gets, whatever coppice.yaml allows. */
const FORBIDDEN =
  /^(GITHUB_TOKEN|GH_TOKEN|(GH|GITHUB)_ENTERPRISE_TOKEN|GITHUB_APP_.*|GITHUB_WEBHOOK_SECRET|SSH_AUTH_SOCK|TEMPORAL_.*)$/;

/**
 * Whether a variable must be kept from every program that runs an agent's code, whatever coppice.yaml allows.
 */
export const isWithheld = (name: string): boolean => FORBIDDEN.test(name);

/** The URL for pushes. It has a protocol that git does not know, so pushes fail. */
const NOWHERE = 'coppice-agents-do-not-push:';

/**
 * The environment of an agent: variables that it needs to run, its own login, and what the person named in
 * `agent.env`. git in it has no credentials and can't push.
 * @param remote the name of the git remote
 */
export function agentEnvironment(
  env: NodeJS.ProcessEnv,
  adapter: Pick<AgentAdapter, 'variables'>,
  settings: Pick<AgentSettings, 'env'>,
  remote: string,
): Environment {
  const named = new Set([...adapter.variables, ...settings.env]);
  const passed = Object.entries(env).flatMap(([name, value]) =>
    value !== undefined &&
    (ALLOWED.test(name) || isNetworkVariable(name) || named.has(name)) &&
    !isWithheld(name)
      ? [[name, value] as const]
      : [],
  );
  return {
    ...withTemporary(Object.fromEntries(passed)),
    GIT_TERMINAL_PROMPT: '0',
    GH_CONFIG_DIR: '/dev/null',
    ...gitConfig({
      'credential.helper': '',
      // The signing key is the person's, so Coppice signs the commits before it pushes.
      'commit.gpgSign': 'false',
      'tag.gpgSign': 'false',
      // Garbage collection would change what all worktrees share.
      'gc.auto': '0',
      'maintenance.auto': 'false',
      // A commit exists nowhere else before it is pushed, so it is flushed to disk. This takes some 40 ms for
      // each commit.
      'core.fsync': 'committed,reference',
      [`remote.${remote}.pushurl`]: NOWHERE,
      [`url.${NOWHERE}.pushInsteadOf`]: '',
    }),
  };
}

function gitConfig(config: Readonly<Record<string, string>>): Environment {
  const entries = Object.entries(config).flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return { GIT_CONFIG_COUNT: String(entries.length / 2), ...Object.fromEntries(entries) };
}

/** Returns a function that replaces values in a text that look like secrets of this environment. */
export function redactor(env: Environment): (text: string) => string {
  const secrets = secretValues(env);
  return (text) => secrets.reduce((text_, secret) => text_.replaceAll(secret, '[secret]'), text);
}

/**
 * Whether a program can be run.
 * @param name a name on PATH, or a path relative to `directory`
 */
export function isProgram(name: string, env: Environment, directory: string): boolean {
  const places = name.includes('/')
    ? [isAbsolute(name) ? name : join(directory, name)]
    : (env.PATH ?? '').split(delimiter).map((folder) => join(folder, name));
  return places.some((path) => {
    try {
      accessSync(path, constants.X_OK);
      return statSync(path).isFile();
    } catch {
      return false;
    }
  });
}
