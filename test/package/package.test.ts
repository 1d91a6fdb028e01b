import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { scriptedAgent } from '../support/agent-setup.ts';
import { createEnvironment } from '../support/environment.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** Packing builds, and installing fetches a hundred packages. In milliseconds. */
const PATIENCE = 15 * 60_000;

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A folder that held nothing, with the package installed as npm installs it from a registry. */
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'coppice-package-')));
const installed = join(folder, 'node_modules/coppice');

beforeAll(async () => {
  await execa('npm', ['pack', '--pack-destination', folder], { cwd: ROOT });
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  const tarball = join(folder, `coppice-${manifest.version}.tgz`);
  const quick = ['--omit=dev', '--no-audit', '--no-fund', '--prefer-offline'];
  await execa('npm', ['install', '--prefix', folder, ...quick, tarball], { cwd: folder });
}, PATIENCE);

afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

interface Where {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Runs the command that npm installed. @throws when it fails */
async function coppice(args: readonly string[], { cwd, env }: Where): Promise<string> {
  const program = join(folder, 'node_modules/.bin/coppice');
  return (await execa(program, args, { cwd, env, extendEnv: false })).stdout;
}

const bare: Where = { cwd: folder, env: { PATH: process.env.PATH, HOME: folder } };

test('the package holds what is run, and no source', () => {
  const files = readdirSync(installed, { recursive: true, encoding: 'utf8' });
  expect(files).toEqual(
    expect.arrayContaining([
      'dist/agents/adapters/acp-client.js',
      'dist/agents/adapters/codex-client.js',
      'dist/agents/adapters/outcome-server.js',
      'dist/agents/turn/supervisor.sh',
      'dist/web/page/index.html',
      'dist/web/page/main.js',
      'dist/web/page/style.css',
      'dist/workflow-bundle.js',
      'schema/coppice.schema.json',
      'schema/plan.schema.json',
      'scripts/temporal-cli/go.mod',
      'scripts/temporal-cli/go.sum',
      'templates/instructions.md',
      'templates/planning.md',
      'templates/prompt.md',
    ]),
  );
  expect(files.filter((file) => /(?<!\.d)\.ts$/.test(file))).toEqual([]);
  expect(existsSync(join(installed, 'test'))).toBe(false);
});

test('the workflows bundled in the package name no directory of the machine that built it', () => {
  const bundle = readFileSync(join(installed, 'dist/workflow-bundle.js'), 'utf8');
  const [, map = ''] = /sourceMappingURL=[^,]*;base64,(\S+)/.exec(bundle) ?? [];
  const { sources } = JSON.parse(Buffer.from(map, 'base64').toString());
  expect(sources).toContain('./dist/workflows/session/workflow.js');
  expect(bundle + sources).not.toContain(ROOT);
});

test('the installed command says its version and what it can do', async () => {
  expect(await coppice(['--version'], bare)).toBe(manifest.version);
  expect(await coppice(['--help'], bare)).toMatch(
    /^Usage: coppice[\s\S]*\brun \[options\] <issues/,
  );
});

const NEEDED =
  /^coppice: needs Node 22\.18 or newer, and this is v\d[^\n]*: see https:\/\/nodejs\.org$/;

const versionUnder = (node: string, ...flags: string[]) =>
  execa(node, [...flags, join(installed, 'bin/coppice.js'), '--version'], { reject: false });

test.each(['20.19.0', '22.17.1'])('Node %s is told in one line what is needed', async (version) => {
  const pretence = `Object.defineProperty(process, 'versions', { value: { node: '${version}' } })`;
  const preload = `data:text/javascript,${encodeURIComponent(pretence)}`;
  const { exitCode, stdout, stderr } = await versionUnder(process.execPath, '--import', preload);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(stderr).toMatch(NEEDED);
});

test('a really old Node can read that line', async ({ skip }) => {
  const old = await oldNode();
  if (old === undefined) return skip('every Node on this machine is new enough');
  const { exitCode, stdout, stderr } = await versionUnder(old);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(stderr).toMatch(NEEDED);
});

async function oldNode(): Promise<string | undefined> {
  for (const directory of (process.env.PATH ?? '').split(delimiter)) {
    const node = join(directory, 'node');
    const { stdout } = await execa(node, ['--version'], { reject: false });
    const major = /^v(\d+)\./.exec(stdout ?? '')?.[1];
    if (major !== undefined && Number(major) < 22) return node;
  }
  return undefined;
}

/** What a person may write where the package is installed. */
const SCRIPT = `
import { type Board, openCoppice, RepositoryName } from 'coppice';

declare const console: { log(...words: unknown[]): void };
const coppice = await openCoppice();
const board: Board = await coppice.board(RepositoryName.parse('acme/app'));
for (const { workflowId, record } of board.sessions) console.log(workflowId, record.status);
// @ts-expect-error: declarations that can't be found would let everything pass.
board.nonsense;
await coppice.close();
`;

test(
  'the installed command takes an issue to its pull request, and a script imports it',
  async () => {
    const { checkout, env, emulator, repository, processes, close } = await createEnvironment(
      temporaryDirectory('installed'),
      { agent: scriptedAgent({ SCRIPTED_AGENT_DELAY: '0' }) },
    );
    const here = { cwd: checkout, env };
    onTestFinished(async () => {
      await coppice(['down'], here).catch(() => {});
      for (const { pid } of processes()) process.kill(pid, 'SIGKILL');
      await close();
    });

    expect(await coppice(['up'], here)).toContain('Temporal: 127.0.0.1:');
    expect(await coppice(['run', '123', '--name', 'packaged'], here)).toContain('Run packaged:');
    const isReady = async () =>
      expect(await coppice(['status'], here)).toMatch(/^\[\+\] #123 - PR READY/m);
    await vi.waitFor(isReady, { timeout: PATIENCE, interval: 500 });
    expect(emulator.pullRequests(repository).map(({ head }) => head)).toEqual(['issue-123']);

    const script = join(folder, 'board.ts');
    await writeFile(script, SCRIPT);
    const strictly = ['--strict', '--noEmit', '--skipLibCheck', '--module', 'nodenext'];
    await execa('tsc', [...strictly, script], { cwd: folder, localDir: ROOT, preferLocal: true });
    const { stdout } = await execa(process.execPath, [script], { cwd: folder, env });
    expect(stdout).toBe('coppice/acme/app/issues/123 complete');

    await coppice(['down'], here);
    expect(processes()).toEqual([]);
    expect(emulator.violations).toEqual([]);
  },
  PATIENCE,
);
