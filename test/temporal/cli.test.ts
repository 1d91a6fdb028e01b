import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it, onTestFinished } from 'vitest';
import { coppiceHome } from '../../src/state/home.ts';
import { findTemporalCli } from '../../src/temporal/cli.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const TOOLS = '/usr/bin:/bin';

/** A small program at `path`, in place of a big one. */
function script(path: string, ...lines: string[]): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, ['#!/bin/sh', ...lines, ''].join('\n'));
  chmodSync(path, 0o755);
  return path;
}

const temporal = (path: string, version: string) =>
  script(path, `echo "temporal version ${version} (Server 1.31.2, UI 2.50.1)"`);

/** A machine with nothing on it: no cache, a closed port for the download, and an empty directory first on PATH. */
function machine() {
  const root = temporaryDirectory('cli');
  const bin = join(root, 'bin');
  mkdirSync(bin);
  const env: NodeJS.ProcessEnv = {
    HOME: root,
    PATH: `${bin}:${TOOLS}`,
    COPPICE_HOME: join(root, 'state'),
    COPPICE_CACHE: join(root, 'cache'),
    COPPICE_TEMPORAL_DOWNLOAD: 'http://127.0.0.1:9',
  };
  const home = coppiceHome(env);
  const cached = join(home.cache, 'temporal', '1.8.2', 'temporal');
  const reports: string[] = [];
  const find = () => findTemporalCli({ env, home, report: (line) => reports.push(line) });
  return { root, bin, env, cached, reports, find };
}

/** Serves one archive, or the status when there is none. */
async function downloads(archive: Buffer | number): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (typeof archive === 'number') response.writeHead(archive).end();
    else response.end(archive);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

function archiveOf(program: (path: string) => string): Buffer {
  const directory = temporaryDirectory('archive');
  program(join(directory, 'temporal'));
  writeFileSync(join(directory, 'LICENSE'), 'MIT');
  return execFileSync('tar', ['-czf', '-', '-C', directory, 'temporal', 'LICENSE']);
}

describe('the Temporal CLI is', () => {
  it('the one that COPPICE_TEMPORAL_CLI names, before any other', async () => {
    const { root, bin, env, find } = machine();
    temporal(join(bin, 'temporal'), '1.9.0');
    env.COPPICE_TEMPORAL_CLI = temporal(join(root, 'mine'), '1.8.0');
    expect(await find()).toBe(join(root, 'mine'));
  });

  it.each([
    ['is missing', () => '/nowhere/temporal', 'not a Temporal CLI that runs'],
    [
      'is another program',
      (root: string) => script(join(root, 'x'), 'echo hello'),
      'not a Temporal',
    ],
    [
      'is old',
      (root: string) => temporal(join(root, 'x'), '1.2.9'),
      'version 1.2.9: 1.8.0 or newer',
    ],
  ])('never looked for elsewhere when the named one %s', async (_, make, reason) => {
    const { root, bin, env, find } = machine();
    temporal(join(bin, 'temporal'), '1.9.0');
    env.COPPICE_TEMPORAL_CLI = make(root);
    await expect(find()).rejects.toThrow(`COPPICE_TEMPORAL_CLI names ${env.COPPICE_TEMPORAL_CLI}`);
    await expect(find()).rejects.toThrow(reason);
  });

  it('the one on PATH, when that is new enough', async () => {
    const { bin, cached, find } = machine();
    temporal(cached, '1.8.2');
    const found = temporal(join(bin, 'temporal'), '1.10.0');
    expect(await find()).toBe(found);
  });

  it('the cached one, when that on PATH is too old', async () => {
    const { bin, cached, find } = machine();
    temporal(join(bin, 'temporal'), '1.5.1');
    temporal(cached, '1.8.2');
    expect(await find()).toBe(cached);
  });

  it('downloaded into the cache, once', async () => {
    const { env, cached, reports, find } = machine();
    const server = await downloads(archiveOf((path) => temporal(path, '1.8.2')));
    env.COPPICE_TEMPORAL_DOWNLOAD = server.url;
    expect(await find()).toBe(cached);
    expect(await find()).toBe(cached);
    expect(server.asked).toEqual([
      expect.stringMatching(
        /^\/cli\/archive\/v1\.8\.2\?platform=(linux|darwin)&arch=(amd64|arm64)$/,
      ),
    ]);
    expect(reports).toEqual([expect.stringContaining('downloading the Temporal CLI 1.8.2')]);
    expect(readdirSync(dirname(cached))).toEqual(['temporal']);
  });

  it.each([
    ['answers with an error', 503, 'answers 503'],
    ['sends a program that does not run here', archiveOfBroken, 'does not run here'],
    ['sends no archive', () => Buffer.from('<html>'), 'download failed'],
  ])('built from source, when the download server %s', async (_, archive, reason) => {
    const { bin, env, cached, reports, find } = machine();
    env.COPPICE_TEMPORAL_DOWNLOAD = (
      await downloads(typeof archive === 'number' ? archive : archive())
    ).url;
    await expect(find()).rejects.toThrow(reason);
    expect(existsSync(cached)).toBe(false);

    const asked = join(bin, 'asked');
    script(
      join(bin, 'go'),
      '[ "$1" = version ] && exit 0',
      `echo "$PWD $*" >> ${asked}`,
      'while [ "$1" != -o ]; do shift; done',
      'printf \'#!/bin/sh\\necho "temporal version 1.8.2"\\n\' > "$2"',
    );
    expect(await find()).toBe(cached);
    expect(await find()).toBe(cached);
    const [line, ...more] = readFileSync(asked, 'utf8').trim().split('\n');
    expect(more).toEqual([]);
    expect(line).toMatch(/scripts\/temporal-cli build -mod=readonly /);
    expect(line).toMatch(
      /temporalcli\.Version=1\.8\.2 -o .* github\.com\/temporalio\/cli\/cmd\/temporal$/,
    );
    expect(reports.at(-1)).toContain('building the Temporal CLI 1.8.2 from source: 2-5 minutes');
  });

  it('made once when two ask at the same time: the second waits, and says so', async () => {
    const { bin, env, root, cached, reports, find } = machine();
    const built = join(root, 'built');
    script(
      join(bin, 'go'),
      '[ "$1" = version ] && exit 0',
      `echo once >> ${built}`,
      'sleep 1',
      'while [ "$1" != -o ]; do shift; done',
      'printf \'#!/bin/sh\\necho "temporal version 1.8.2"\\n\' > "$2"',
    );
    const other = execa(process.execPath, ['src/temporal/find-cli-main.ts'], {
      ...{ env, extendEnv: false },
    });
    await expect.poll(() => existsSync(built)).toBe(true);
    const mine = await find();
    expect([mine, (await other).stdout]).toEqual([cached, cached]);
    expect(readFileSync(built, 'utf8')).toBe('once\n');
    expect(reports).toContainEqual(expect.stringMatching(/^process \d+ is fetching/));
  });

  it('not there on a machine that has nothing, and one error lists what was tried', async () => {
    const { bin, find } = machine();
    temporal(join(bin, 'temporal'), '1.5.1');
    script(
      join(bin, 'go'),
      '[ "$1" = version ] && exit 0',
      'echo "go: no module proxy" >&2',
      'echo "go: downloading example.com/x v1.0.0" >&2',
      'exit 1',
    );
    const error = await find().catch((error: unknown) => error as Error);
    expect(error).toMatchObject({ name: 'ServiceError', kind: 'NoTemporalCli' });
    const { message } = error as Error;
    expect(message).not.toContain('\n');
    for (const part of [
      'on PATH is 1.5.1',
      'none in',
      'out of reach',
      'no module proxy',
      'Install',
    ])
      expect(message).toContain(part);
  });
});

function archiveOfBroken(): Buffer {
  return archiveOf((path) => script(path, 'exit 1'));
}

it('the real Temporal CLI of this machine is found and starts', async () => {
  const found = await findTemporalCli({
    env: process.env,
    home: coppiceHome(),
    report: console.error,
  });
  expect(execFileSync(found, ['--version'], { encoding: 'utf8' })).toMatch(/^temporal version 1\./);
});

it('the pinned release is the one of the Go module', () => {
  const module = readFileSync('scripts/temporal-cli/go.mod', 'utf8');
  expect(module).toContain('github.com/temporalio/cli v1.8.2 ');
});
