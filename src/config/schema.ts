import { z } from 'zod';
import { Plan } from '../domain/run/plan.ts';
import { agentNamed } from '../domain/settings/agent-settings.ts';
import { NotifySettings, plainSecrets } from '../domain/settings/notify-settings.ts';
import { Access, SandboxMode } from '../domain/settings/sandbox.ts';
import { SessionSettings } from '../domain/settings/session-settings.ts';
import { WorktreeFiles } from '../domain/settings/worktree-files.ts';
import { RepositoryName } from '../domain/shared/repository.ts';
import { PlanningSettings } from '../planning/rules/settings.ts';

/** Name of the configuration file, at the top of the checkout. */
export const CONFIG_FILE = 'coppice.yaml';

/** Where editors find the published JSON Schema. */
export const SCHEMA_URL = 'https://unpkg.com/coppice/schema/coppice.schema.json';

/** GH_TOKEN, GITHUB_TOKEN, GH_ENTERPRISE_TOKEN, GITHUB_PAT and the like. */
const GITHUB_TOKEN = /^(GH|GITHUB)_(\w+_)?(TOKEN|PAT)$/i;

/** Everything coppice.yaml may say; every key is optional. */
export const Config = z
  .strictObject({
    repository: RepositoryName.optional().meta({
      description: 'The repository on GitHub; read from the git remote when absent',
      examples: ['acme/app'],
    }),
    workers: Plan.shape.concurrency.meta({
      description: 'How many sessions of a run may have an agent at work at once',
    }),
    ...SessionSettings.shape,
    sandbox: SandboxMode.default('required').describe(
      'Whether agents, setup commands and checks run in a sandbox: always, so that nothing starts on a host without one; only where the host has one; or never',
    ),
    access: Access.prefault({}).describe(
      'What a program in the sandbox may reach besides its worktree and its model',
    ),
    files: WorktreeFiles.prefault({}).describe(
      'Files of your checkout that are not in git and that each worktree needs',
    ),
    planning: PlanningSettings.prefault({}).describe('How coppice plan judges issues'),
    notify: NotifySettings.prefault({}).describe(
      'How you hear that a session needs you or its pull request is ready',
    ),
  })
  .check(({ value, issues }) => {
    const refuse = (path: PropertyKey[], message: string) =>
      issues.push({ code: 'custom', input: value, path, message });
    for (const [index, variable] of (value.hooks.env ?? []).entries())
      if (GITHUB_TOKEN.test(variable))
        refuse(
          ['hooks', 'env', index],
          'no GitHub token for what runs an agent’s code, as setup and checks do',
        );
    for (const [name, channel] of Object.entries(value.notify.channels))
      for (const key of plainSecrets(channel))
        refuse(
          ['notify', 'channels', name, key],
          'a secret: name a variable, such as $TEAM_URL, or move the channel to a notify.yaml of your own',
        );
    const places: [string[], string | undefined][] = [
      [['agent'], undefined],
      ...Object.keys(value.agents).map((name): [string[], string] => [['agents', name], name]),
    ];
    for (const [path, name] of places) {
      const { adapter, command } = agentNamed(value, name) ?? value.agent;
      if (adapter === 'command' && command === undefined)
        refuse(
          [...path, 'command'],
          'the command adapter needs a program to run, for example [my-agent, --quiet]',
        );
      const { env = [] } = name === undefined ? value.agent : (value.agents[name] ?? {});
      for (const [index, variable] of env.entries())
        if (GITHUB_TOKEN.test(variable))
          refuse(
            [...path, 'env', index],
            'agents never get a GitHub token: Coppice pushes for them',
          );
    }
  });
export type Config = z.infer<typeof Config>;

/** The part of the configuration that a session keeps for its life. */
export const sessionSettings = (config: Config): SessionSettings => {
  const {
    repository: _repository,
    workers: _workers,
    sandbox: _sandbox,
    access: _access,
    files: _files,
    planning: _planning,
    notify: _notify,
    ...settings
  } = config;
  return settings;
};

/** The JSON Schema of what a person writes: defaults filled in by Coppice are optional here. */
export const configJsonSchema = () => ({
  $id: SCHEMA_URL,
  title: CONFIG_FILE,
  ...z.toJSONSchema(Config, { io: 'input' }),
});
