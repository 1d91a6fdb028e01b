import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ExecaError, execa } from 'execa';
import { errorLine } from '../process/error-line.ts';
import { type InstallOptions, installAtomically } from './cli-install.ts';
import { TEMPORAL_CLI } from './cli-version.ts';

const MODULE = join(import.meta.dirname, '..', '..', 'scripts', 'temporal-cli');

/** Milliseconds between two progress lines while the compiler prints nothing. */
const SIGN_OF_LIFE = 30_000;

/** Builds the pinned release from its Go modules, which are downloaded through GOPROXY. @throws Error */
export async function buildTemporalCli({ env, report, path }: InstallOptions): Promise<void> {
  if (!existsSync(MODULE)) throw new Error('this package has no sources to build it from');
  if (!(await hasGo(env))) throw new Error('there is no Go');

  report(`building the Temporal CLI ${TEMPORAL_CLI} from source: 2-5 minutes, once`);
  const started = Date.now();
  const timer = setInterval(() => {
    report(`still building the Temporal CLI (${Math.round((Date.now() - started) / 1000)} s)`);
  }, SIGN_OF_LIFE);
  try {
    await installAtomically(path, (directory) =>
      build(join(directory, 'temporal'), env, dirname(path)),
    );
  } finally {
    clearInterval(timer);
  }
}

async function hasGo(env: NodeJS.ProcessEnv): Promise<boolean> {
  const { failed } = await execa('go', ['version'], { env, extendEnv: false, reject: false });
  return !failed;
}

async function build(output: string, env: NodeJS.ProcessEnv, cache: string): Promise<void> {
  const version = `-X github.com/temporalio/cli/internal/temporalcli.Version=${TEMPORAL_CLI}`;
  try {
    await execa(
      'go',
      [
        'build',
        '-mod=readonly',
        '-buildvcs=false',
        '-ldflags',
        `-s -w ${version}`,
        '-o',
        output,
        'github.com/temporalio/cli/cmd/temporal',
      ],
      { cwd: MODULE, env: withGoHome(env, cache), extendEnv: false },
    );
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    throw new Error(errorLine(error.stderr ?? '') || error.shortMessage);
  }
}

/** Go needs a directory for modules and objects, and a daemon or a container may have no home directory. */
function withGoHome(env: NodeJS.ProcessEnv, cache: string): NodeJS.ProcessEnv {
  if (env.HOME && existsSync(env.HOME)) return env;
  return { GOPATH: join(cache, 'go'), GOCACHE: join(cache, 'go-build'), ...env };
}
