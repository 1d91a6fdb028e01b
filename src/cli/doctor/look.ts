import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { ADAPTERS } from '../../agents/adapters.ts';
import { agentEnvironment, isProgram } from '../../agents/environment.ts';
import { sandboxAvailability } from '../../agents/sandbox/availability.ts';
import { Config } from '../../config/schema.ts';
import { CoppiceError } from '../../domain/failure.ts';
import { readAccess } from '../../github/access.ts';
import { OLDEST_TEMPORAL_CLI, temporalCliVersion } from '../../temporal/cli-version.ts';
import type { Context } from '../context.ts';
import { Refusal } from '../errors.ts';
import { findProject, type Project } from '../where.ts';
import { bad, type Check, good } from './check.ts';
import { checkBase, checkToken } from './github.ts';
import { checkAgent, checkGit, checkNode, checkSandbox, checkTemporal } from './programs.ts';

/** Everything a run needs on this machine and of GitHub, looked at one by one: what is wrong with one hides no other. */
export async function lookAtAll(context: Context): Promise<Check[]> {
  const { env } = context;
  const { project, check } = await lookAtConfig(context);
  const config = project?.config ?? Config.parse({});
  return [
    checkNode(process.versions.node),
    checkGit((await execa('git', ['--version'], { env, extendEnv: false, reject: false })).stdout),
    checkTemporal(
      await temporalCliVersion(env.COPPICE_TEMPORAL_CLI || 'temporal'),
      OLDEST_TEMPORAL_CLI,
    ),
    check,
    checkSandbox(config.sandbox, sandboxAvailability(env)),
    lookAtAgent(env, config, project?.checkout.path ?? context.cwd),
    ...(project ? await lookAtGitHub(env, project) : []),
  ];
}

async function lookAtConfig(
  context: Context,
): Promise<{ readonly project?: Project; readonly check: Check }> {
  try {
    const project = await findProject(context);
    return { project, check: good('coppice.yaml', `valid, for ${project.repository}`) };
  } catch (error) {
    if (!(error instanceof CoppiceError || error instanceof Refusal)) throw error;
    return { check: bad('coppice.yaml', error.message, 'coppice init') };
  }
}

function lookAtAgent(env: NodeJS.ProcessEnv, { agent }: Config, directory: string): Check {
  const adapter = ADAPTERS[agent.adapter];
  const program = agent.command?.[0] ?? adapter.program ?? '';
  const seen = agentEnvironment(env, adapter, agent, 'origin');
  const there = program !== '' && isProgram(program, seen, directory);
  const { name, install } = adapter;
  return checkAgent({ name, program, install }, there, isLoggedIn(agent.adapter, env));
}

/** Where each agent keeps its login, or the variables that stand for one; undefined where that can't be seen. */
function isLoggedIn(
  adapter: Config['agent']['adapter'],
  env: NodeJS.ProcessEnv,
): boolean | undefined {
  const home = env.HOME ?? homedir();
  const has = (...names: string[]) => names.some((name) => env[name]);
  switch (adapter) {
    case 'claude':
      if (has('ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'CLAUDE_CODE_OAUTH_TOKEN')) return true;
      if (existsSync(join(env.CLAUDE_CONFIG_DIR ?? join(home, '.claude'), '.credentials.json')))
        return true;
      // There it is in the keychain.
      return process.platform === 'darwin' ? undefined : false;
    case 'codex':
      return (
        has('OPENAI_API_KEY', 'CODEX_API_KEY') ||
        existsSync(join(env.CODEX_HOME ?? join(home, '.codex'), 'auth.json'))
      );
    default:
      return undefined;
  }
}

async function lookAtGitHub(
  env: NodeJS.ProcessEnv,
  { repository, config }: Project,
): Promise<Check[]> {
  try {
    const access = await readAccess(env, repository, config.base);
    return [checkToken(access), checkBase(config.base ?? access.defaultBranch, access)];
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return [bad('GitHub token', message, 'gh auth login, or set GITHUB_TOKEN')];
  }
}
