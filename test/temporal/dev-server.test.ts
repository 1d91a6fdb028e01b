import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { Connection } from '@temporalio/client';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { isRunning, type ProcessIdentity } from '../../src/process/identity.ts';
import { coppiceHome } from '../../src/state/home.ts';
import { findTemporalCli } from '../../src/temporal/cli.ts';
import { type DevServer, devServerAddress, startDevServer } from '../../src/temporal/dev-server.ts';
import { startFailure } from '../../src/temporal/dev-server-failure.ts';
import { clientTls } from '../../src/temporal/door/client-tls.ts';
import { freePort } from '../../src/temporal/port.ts';
import { ensureSearchAttributes } from '../../src/temporal/search-attributes.ts';
import { temporaryDirectory } from '../support/temporary.ts';

let cli: string;
beforeAll(async () => {
  cli = await findTemporalCli({ env: process.env, home: coppiceHome(), report: console.error });
});

async function serverIn(directory: string, changes: { port?: number; signal?: AbortSignal } = {}) {
  const ports = { port: changes.port ?? (await freePort()), uiPort: await freePort() };
  const processes: ProcessIdentity[] = [];
  const options = {
    cli,
    ...ports,
    database: join(directory, 'temporal.db'),
    log: join(directory, 'temporal.log'),
    env: process.env,
    onSpawn: (process: ProcessIdentity) => processes.push(process),
    signal: changes.signal ?? new AbortController().signal,
  };
  const start = async (): Promise<DevServer> => {
    const server = await startDevServer(options);
    onTestFinished(() => server.stop());
    return server;
  };
  return { ...devServerAddress(ports), ...options, processes, start };
}

async function connect({ address, database }: { address: string; database: string }) {
  const connection = await Connection.connect({ address, ...clientTls(dirname(database)) });
  onTestFinished(() => connection.close());
  return connection;
}

const customAttributes = async (connection: Connection) =>
  Object.keys(
    (await connection.operatorService.listSearchAttributes({ namespace: 'default' }))
      .customAttributes,
  );

describe('the dev server', () => {
  it('keeps namespace data for 30 days and knows the search attributes, Web UI included', async () => {
    const server = await serverIn(temporaryDirectory());
    await server.start();
    const connection = await connect(server);
    const { config } = await connection.workflowService.describeNamespace({ namespace: 'default' });
    expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(30 * 24 * 3600);
    expect(await customAttributes(connection)).toEqual(
      expect.arrayContaining(['CoppiceRepo', 'CoppiceRun', 'CoppiceIssue', 'CoppiceStatus']),
    );
    expect((await fetch(server.webUrl)).status).toBe(401);
  });

  it('ends gently when stopped, and leaves no process', async () => {
    const server = await serverIn(temporaryDirectory());
    const running = await server.start();
    await running.stop();
    expect(await running.ended).toBe('ended with code 0');
    expect(server.processes.map(isRunning)).toEqual([false]);
  });

  it('gets the search attributes that its database lacks', async () => {
    const server = await serverIn(temporaryDirectory());
    const first = await server.start();
    const connection = await connect(server);
    await connection.operatorService.removeSearchAttributes({
      namespace: 'default',
      searchAttributes: ['CoppiceRun'],
    });
    expect(await customAttributes(connection)).not.toContain('CoppiceRun');
    await first.stop();
    await server.start();
    expect(await customAttributes(await connect(server))).toContain('CoppiceRun');
  });

  it.each([
    ['port', '--port or COPPICE_TEMPORAL_PORT'],
    ['uiPort', '--ui-port or COPPICE_UI_PORT'],
  ] as const)('does not start on a taken %s', async (name, flag) => {
    const server = await serverIn(temporaryDirectory());
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(server[name], '127.0.0.1', resolve));
    onTestFinished(() => void other.close());
    await expect(server.start()).rejects.toMatchObject({
      kind: 'PortTaken',
      message: `port ${server[name]} is taken by another program: choose another with ${flag} (0 means any free port)`,
    });
    expect(server.processes).toEqual([]);
  });

  it('does not start on a damaged database, and keeps it', async () => {
    const server = await serverIn(temporaryDirectory());
    writeFileSync(server.database, 'no SQLite at all'.repeat(1000));
    await expect(server.start()).rejects.toMatchObject({
      kind: 'CorruptDatabase',
      message: expect.stringContaining(`mv ${server.database}* `),
    });
    expect(readFileSync(server.database, 'utf8')).toMatch(/^no SQLite at all/);
  });

  it.runIf(canMount())('does not start on a full disk, and says which', async () => {
    const server = await serverIn(fullDisk('900k'));
    await expect(server.start()).rejects.toMatchObject({
      kind: 'DiskFull',
      message: expect.stringMatching(/^no space left on the disk of \/.*: free some/),
    });
    expect(server.processes.map(isRunning)).toEqual([false]);
  });

  it('is ended when its start is called off', async () => {
    const calledOff = new AbortController();
    const server = await serverIn(temporaryDirectory(), { signal: calledOff.signal });
    const started = server.start();
    await expect.poll(() => server.processes.length).toBe(1);
    calledOff.abort(new Error('never mind'));
    await expect(started).rejects.toThrow('never mind');
    expect(server.processes.map(isRunning)).toEqual([false]);
  });
});

it.each([
  ['database or disk is full (13)', 'DiskFull'],
  ['write /x: no space left on device', 'DiskFull'],
  ['database disk image is malformed (11)', 'CorruptDatabase'],
  ['file is not a database (26)', 'CorruptDatabase'],
  ['some new trouble', 'StartFailed'],
])('what the server wrote, "%s", is told as %s in one line', (text, kind) => {
  const error = startFailure(`Error: failed starting server: ${text}\nmore\n`, 'ended', {
    database: '/state/temporal.db',
    log: '/state/temporal.log',
  });
  expect(error.kind).toBe(kind);
  expect(error.message).not.toContain('\n');
});

it('credentials that may not add search attributes get the command for somebody who may', async () => {
  const refusal = Object.assign(new Error('no'), { code: 7, details: 'no', metadata: {} });
  const operatorService = { listSearchAttributes: () => Promise.reject(refusal) };
  await expect(ensureSearchAttributes({ operatorService } as never, 'team')).rejects.toThrow(
    'temporal operator search-attribute create --namespace team --name CoppiceRepo --type Keyword',
  );
});

function canMount(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0;
}

function fullDisk(size: string): string {
  const directory = join(temporaryDirectory(), 'disk');
  mkdirSync(directory);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', directory]);
  onTestFinished(() => void execFileSync('umount', ['--lazy', directory]));
  return directory;
}
