import { execFile } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../support/temporary.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);

/** The network is gone: whoever asks for something fails. */
const OFFLINE = {
  npm_config_registry: 'http://127.0.0.1:9',
  COPPICE_TEMPORAL_DOWNLOAD: 'http://127.0.0.1:9',
  GOPROXY: 'off',
};

/** A fresh clone, on a machine whose npm puts the packages there in no time, and notes what it is asked. */
function clone() {
  const root = temporaryDirectory('clone');
  const bin = temporaryDirectory('bin');
  for (const path of ['package.json', 'package-lock.json', 'scripts/setup', 'src', 'bin'])
    cpSync(join(ROOT, path), join(root, path), { recursive: true });
  program(bin, 'npm', [`echo "$*" >> ${bin}/asked`, `cp -RP ${bin}/modules ${root}/node_modules`]);
  const modules = join(bin, 'modules');
  mkdirSync(modules);
  for (const name of readdirSync(join(ROOT, 'node_modules')))
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  const asked = () =>
    existsSync(join(bin, 'asked'))
      ? readFileSync(join(bin, 'asked'), 'utf8').trim().split('\n')
      : [];
  const env = { HOME: homedir(), PATH: `${bin}:${process.env.PATH}`, ...OFFLINE, ...cli() };
  const setup = (...args: readonly string[]) =>
    run('sh', ['scripts/setup', ...args], { cwd: root, env }).then(
      ({ stderr }) => ({ code: 0, lines: stderr.trim().split('\n') }),
      ({ code, stderr }) => ({ code, lines: String(stderr).trim().split('\n') }),
    );
  return { root, modules, asked, setup };
}

/** The test's own choice of a Temporal CLI, if it has one, is the script's too. */
const cli = (): NodeJS.ProcessEnv => {
  const { COPPICE_TEMPORAL_CLI, COPPICE_CACHE } = process.env;
  return {
    ...(COPPICE_TEMPORAL_CLI && { COPPICE_TEMPORAL_CLI }),
    ...(COPPICE_CACHE && { COPPICE_CACHE }),
  };
};

function program(directory: string, name: string, lines: readonly string[]): void {
  writeFileSync(join(directory, name), ['#!/bin/sh', ...lines, ''].join('\n'));
  chmodSync(join(directory, name), 0o755);
}

/** Takes a package's place with one of our own. */
function replace(directory: string): void {
  rmSync(directory, { recursive: true });
  mkdirSync(directory, { recursive: true });
}

const READY = /^setup: ready: Node v24\.\d+\.\d+, Temporal CLI \/.*temporal$/;

describe('scripts/setup', () => {
  it('installs the packages of a fresh clone, and the second time says one line and needs no network', async () => {
    const { asked, setup } = clone();
    const first = await setup();
    expect(first).toEqual({
      code: 0,
      lines: [
        'setup: installing the npm packages of package-lock.json: about a minute, once',
        expect.stringMatching(READY),
      ],
    });
    expect(await setup()).toEqual({ code: 0, lines: [expect.stringMatching(READY)] });
    expect(asked()).toEqual(['ci --no-audit --no-fund --loglevel=error']);
  });

  it('says nothing of packages that are there, and leaves the Temporal CLI out, when asked for them alone', async () => {
    const { asked, setup } = clone();
    expect((await setup('packages')).lines).toEqual([expect.stringMatching(/^setup: installing/)]);
    expect(await setup('packages')).toEqual({ code: 0, lines: [''] });
    expect(asked()).toHaveLength(1);
  });

  it('comes before every script of package.json that runs the sources', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const sources = Object.entries<string>(scripts).filter(([, line]) =>
      /\bnode (scripts\/(?!build)|bin\/)/.test(line),
    );
    expect(sources.map(([name]) => name)).toContain('coppice');
    for (const [name, line] of sources)
      expect([name, line]).toEqual([name, expect.stringMatching(/^sh scripts\/setup\b/)]);
  });

  it('is named by the command of a fresh clone', async () => {
    const { root } = clone();
    const told = await run(process.execPath, [join(root, 'bin/coppice.js'), 'status']).catch(
      ({ stderr }: { stderr: string }) => stderr,
    );
    expect(told).toBe('coppice: this checkout has no packages yet: run npm run setup in it once\n');
  });

  it('installs them again when the lockfile has changed', async () => {
    const { root, asked, setup } = clone();
    await setup();
    const lockfile = join(root, 'package-lock.json');
    const lock = JSON.parse(readFileSync(lockfile, 'utf8'));
    lock.packages['node_modules/zod'].version = '4.99.0';
    writeFileSync(lockfile, JSON.stringify(lock));
    await setup();
    expect(asked()).toHaveLength(2);
  });

  it('fetches Node 24 when its install script has been skipped', async () => {
    const { modules, setup } = clone();
    replaceNode(modules, `require('fs').symlinkSync(${JSON.stringify(nodeProgram())}, 'bin/node')`);
    const { code, lines } = await setup();
    expect(lines).toContain(
      'setup: fetching Node 24 for this checkout: its install script has not run',
    );
    expect(lines.at(-1)).toMatch(READY);
    expect(code).toBe(0);
  });

  it('says what to do when there is no Node 24 to be had', async () => {
    const { modules, setup } = clone();
    replaceNode(modules, 'process.exit(1)');
    const { code, lines } = await setup();
    expect(code).toBe(1);
    expect(lines.at(-1)).toBe(
      'setup: there is no Node 24 in node_modules: allow install scripts for the package "node" and run npm rebuild node',
    );
  });
});

const nodeProgram = () => realpathSync(join(ROOT, 'node_modules', '.bin', 'node'));

/** The package `node` before its install script has run, and that script. */
function replaceNode(modules: string, installer: string): void {
  replace(join(modules, 'node'));
  mkdirSync(join(modules, 'node', 'bin'));
  writeFileSync(join(modules, 'node', 'installArchSpecificPackage.js'), installer);
  replace(join(modules, '.bin'));
}
