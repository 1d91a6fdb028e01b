import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Access, SandboxMode } from '../../domain/settings/sandbox.ts';
import { CoppiceError } from '../../domain/shared/failure.ts';
import { coppiceHome } from '../../state/home.ts';
import { ignoredRequests } from './agents.ts';
import { sandboxAvailability } from './availability.ts';
import { type Confine, confine, temporaryIn } from './confine.ts';
import { gitSettings } from './git-settings.ts';
import { resourceLimits } from './limits.ts';
import type { AgentNeeds } from './needs.ts';
import { fromHome, outermost } from './paths.ts';
import { homeSetup, planHome } from './private-home.ts';
import { readablePaths } from './readable-paths.ts';
import { findRegistries } from './registries/registries.ts';
import { real, type SandboxPlace, sandboxSettings } from './settings.ts';
import { privateSettings } from './toolchain.ts';

/** The sandbox settings of coppice.yaml. */
export interface SandboxConfig {
  readonly sandbox: SandboxMode;
  readonly access: Access;
}

/** How programs run in a worktree, and what they can read. */
export interface PreparedSandbox {
  readonly confine: Confine;
  /** Paths that they may read, beside the writable ones. */
  readonly readable: readonly string[];
  /** Paths below the readable ones that they may not read. */
  readonly hidden: readonly string[];
  /** The part of the person's git configuration that they get, as text. */
  readonly gitconfig: string;
}

/**
 * Prepares the sandbox for a worktree, from the settings of coppice.yaml.
 * @param env the worker's environment: it has the person's home, and the PATH with the sandbox's own programs
 * @returns undefined when programs run without a sandbox
 * @throws AgentUnavailable when coppice.yaml requires a sandbox and this host has none
 */
export async function prepareSandbox(
  location: () => Promise<Omit<SandboxPlace, 'temporary'>>,
  { sandbox, access }: SandboxConfig,
  needs: AgentNeeds,
  env: NodeJS.ProcessEnv,
): Promise<PreparedSandbox | undefined> {
  if (sandbox === 'off') return undefined;
  const found = sandboxAvailability(env);
  if (!found.available && sandbox === 'required')
    throw new CoppiceError(
      'AgentUnavailable',
      `this host has no sandbox (${found.reason}), and agents run only in a sandbox: ${found.install}; or set \`sandbox: off\` in coppice.yaml`,
    );
  if (!found.available) return undefined;
  const where = await location();
  const home = real(env.HOME ?? homedir());
  mkdirSync(where.home, { recursive: true, mode: 0o700 });
  // A sandbox can open only directories that exist.
  for (const path of access.write.map((one) => fromHome(one, home)))
    if (!existsSync(path)) mkdirSync(path, { recursive: true });
  const [git, registries] = await Promise.all([
    gitSettings(env, home),
    findRegistries(access.registries, {
      ...{ env, home, project: where.project },
      memory: join(coppiceHome(env).cache, 'registries'),
    }),
  ]);
  const tools = readablePaths(access, needs, env, home).map(({ path }) => path);
  const plan = planHome(
    [...tools, ...access.write.map((one) => fromHome(one, home))],
    needs,
    env,
    home,
    where.home,
  );
  const common = [...tools, ...git.files, ...plan.shared.map(({ path }) => path)];
  const hidden = [...where.hidden, ...privateSettings()];
  const ignored = ignoredRequests(needs, home, where.git?.common);
  const leading = Object.assign({}, ...registries.map(({ variables }) => variables));
  const isLinux = process.platform === 'linux';
  const beneath = where.git?.read ?? [];
  const confined: Confine = (own, argv) => {
    mkdirSync(own, { recursive: true, mode: 0o700 });
    const [copies, gitconfig] = [join(own, 'copies'), join(own, 'gitconfig')];
    writeFileSync(gitconfig, git.text, { mode: 0o600 });
    const settings = sandboxSettings(
      { ...where, hidden, temporary: temporaryIn(own) },
      access,
      needs,
      outermost([...common, ...where.linked, copies, gitconfig, ...(isLinux ? [] : beneath)]),
      registries.flatMap(({ hosts }) => hosts),
      home,
    );
    const layout = {
      ...{
        worktree: where.worktree,
        home: where.home,
        beneath,
        settings,
        ignored,
        model: needs.model,
        limits: resourceLimits(access.limits),
      },
      homeSetup: homeSetup(plan, home, copies),
      variables: { ...unlessSet(leading, env), ...plan.variables, GIT_CONFIG_GLOBAL: gitconfig },
    };
    return confine(own, layout, argv);
  };
  return {
    confine: confined,
    readable: outermost([...common, ...where.linked]),
    hidden: [...access.hide.map((path) => fromHome(path, home)), ...hidden],
    gitconfig: git.text,
  };
}

/** The same, for callers that only run programs. */
export const prepareConfine = async (
  ...given: Parameters<typeof prepareSandbox>
): Promise<Confine | undefined> => (await prepareSandbox(...given))?.confine;

const unlessSet = (variables: Readonly<Record<string, string>>, env: NodeJS.ProcessEnv) =>
  Object.fromEntries(Object.entries(variables).filter(([name]) => env[name] === undefined));
