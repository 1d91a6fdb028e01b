import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { ADAPTERS } from '../../agents/adapters/index.ts';
import { sandboxAvailability } from '../../agents/sandbox/availability.ts';
import {
  type FoundRegistries,
  findRegistries,
} from '../../agents/sandbox/registries/registries.ts';
import { renewedLogin } from '../../agents/sandbox/renewed-login.ts';
import { agentEnvironment } from '../../agents/turn/environment.ts';
import { CONFIG_FILE, Config } from '../../config/schema.ts';
import { allAgents } from '../../domain/settings/agent-settings.ts';
import { CoppiceError } from '../../domain/shared/failure.ts';
import { readAccess } from '../../github/api/access.ts';
import { temporalCliAtHand } from '../../temporal/cli.ts';
import { ServiceError } from '../../temporal/service-error.ts';
import { ifReachable } from '../connection.ts';
import type { Context } from '../context.ts';
import { Refusal } from '../errors.ts';
import { ruleWarnings } from '../preflight/rules.ts';
import { serviceDifferences } from '../preflight/service.ts';
import { findProject, type Project } from '../project.ts';
import { checkChannels } from './channels.ts';
import { bad, type Check, warn } from './check.ts';
import { checkConfig, checkNoProject } from './config.ts';
import { checkBase, checkNoAccess, checkRules, checkToken } from './github.ts';
import {
  checkAgent,
  checkGit,
  checkLogin,
  checkNode,
  checkRegistries,
  checkSandbox,
  checkTemporal,
} from './programs.ts';
import { checkService, checkWorkflows } from './service.ts';
import { checkSigning } from './signing.ts';

/** Checks everything that a run needs on this machine and on GitHub, one after the other, so that one fault does not hide another. */
export async function runChecks(context: Context): Promise<Check[]> {
  const { env, services } = context;
  const { project, check } = await lookAtConfig(context);
  const config = project?.config ?? Config.parse({});
  const agents = await services.agents(allAgents(config), project?.checkout.path ?? context.cwd);
  return [
    checkNode(process.versions.node),
    checkGit((await execa('git', ['--version'], { env, extendEnv: false, reject: false })).stdout),
    await lookAtTemporal(context),
    check,
    checkSandbox(config.sandbox, sandboxAvailability(env), config.access.limits),
    ...checkRegistries(await lookAtRegistries(context, config, project)),
    ...checkSigning(await project?.checkout.signs()),
    ...agents.filter(({ configured }) => configured).map(checkAgent),
    ...lookAtLogins(context, config).map(checkLogin),
    ...(project ? await lookAtGitHub(context, project) : []),
    ...checkChannels(await services.channelProblems()),
    ...(await lookAtService(context, config)),
    ...(project ? await lookAtWorkflows(context, project) : []),
  ];
}

function lookAtRegistries(
  { env }: Context,
  { sandbox, access }: Config,
  project: Project | undefined,
): Promise<FoundRegistries[]> {
  const asking = { env, home: env.HOME ?? homedir(), project: project?.checkout.path };
  return findRegistries(sandbox === 'off' ? [] : access.registries, asking);
}

function lookAtLogins({ env }: Context, config: Config): string[] {
  if (config.sandbox === 'off' || !sandboxAvailability(env).available) return [];
  const files = allAgents(config).flatMap((agent) => {
    const seen = agentEnvironment(env, ADAPTERS[agent.adapter], agent, config.remote);
    return renewedLogin(agent, seen, config.access, env.HOME ?? homedir()) ?? [];
  });
  return [...new Set(files)];
}

async function lookAtService(context: Context, config: Config): Promise<Check[]> {
  if (!(await context.services.isUp())) return [];
  return [checkService(await serviceDifferences(context, config, allAgents(config)))];
}

async function lookAtWorkflows(context: Context, { repository }: Project): Promise<Check[]> {
  const board = await ifReachable(context, (coppice) => coppice.board(repository));
  return board ? checkWorkflows(board) : [];
}

async function lookAtConfig(
  context: Context,
): Promise<{ readonly project?: Project; readonly check: Check }> {
  try {
    const project = await findProject(context);
    const isThere = existsSync(join(project.checkout.path, CONFIG_FILE));
    return { project, check: checkConfig(project.repository, isThere) };
  } catch (error) {
    if (!(error instanceof CoppiceError || error instanceof Refusal)) throw error;
    return { check: checkNoProject(error) };
  }
}

async function lookAtTemporal({ env, home }: Context): Promise<Check> {
  try {
    return checkTemporal(await temporalCliAtHand({ env, home }));
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return bad('Temporal CLI', error.message, 'name another in COPPICE_TEMPORAL_CLI, or unset it');
  }
}

/** When the repository can't be read, its rules can't be read either. That is reported once. */
async function lookAtGitHub(context: Context, project: Project): Promise<Check[]> {
  const { repository, config } = project;
  try {
    const access = await readAccess(context.env, repository, config.base);
    return [
      checkToken(access),
      checkBase(config.base ?? access.defaultBranch, access),
      ...(await lookAtRules(context, project)),
    ];
  } catch (error) {
    return [checkNoAccess(error)];
  }
}

/** Rulesets that would refuse what Coppice pushes. */
async function lookAtRules({ services }: Context, project: Project): Promise<Check[]> {
  const pushes = { issue: 1, stacks: true, signs: await project.checkout.signs() };
  try {
    return checkRules(await ruleWarnings(await services.github(), project, pushes));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return [warn('GitHub rules', message, 'look at Settings, Rules on GitHub')];
  }
}
