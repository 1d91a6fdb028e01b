import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Connection } from '@temporalio/client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { identify, isRunning, type ProcessIdentity } from '../../src/process/identity.ts';
import { connectClient, resolveServer } from '../../src/temporal/connect.ts';
import { freePort } from '../../src/temporal/port.ts';
import { serviceIn } from './support/service.ts';

type Service = ReturnType<typeof serviceIn>;

/** The service's processes as they are now. */
function processes({ state }: Service): ProcessIdentity[] {
  const pids = Object.values(state()?.pids ?? {});
  return pids.flatMap((pid) => identify(pid) ?? []);
}

async function connect({ env, home }: Service) {
  const server = await resolveServer(env, home);
  if (!server) throw new Error('no server');
  const connected = await connectClient(server);
  onTestFinished(() => connected.close());
  return connected.client;
}

/** Starts a workflow nobody works on: something to be found again. */
const startWorkflow = async (service: Service) =>
  (await connect(service)).workflow.start('kept', { taskQueue: 'none', workflowId: 'kept' });

const workflowStatus = async (service: Service) =>
  (await (await connect(service)).workflow.getHandle('kept').describe()).status.name;

const pidsNow = ({ state }: Service) => state()?.pids ?? { service: 0 };

describe('up and down', () => {
  it('start server and worker, find them running, and stop the worker before the server', async () => {
    const service = serviceIn(undefined, { TEMPORAL_API_KEY: 'of another server' });
    const state = await service.up();
    expect(state).toMatchObject({
      healthy: true,
      embedded: true,
      namespace: 'default',
      troubles: [],
    });
    const running = processes(service);
    expect(running).toHaveLength(3);

    const { options } = (await connect(service)).connection as Connection;
    // Else nobody would hear of anything for two minutes after an outage.
    expect(options.channelArgs).toMatchObject({ 'grpc.max_reconnect_backoff_ms': 5_000 });

    expect(await service.up()).toEqual(state);
    expect(service.reports).toEqual([
      `the service is already up, as process ${state.pids.service}`,
    ]);

    expect(await service.down()).toBe(true);
    expect(running.filter(isRunning)).toEqual([]);
    expect(service.state()).toBeUndefined();
    expect(service.events()).toEqual([
      `ready TEMPORAL_CONFIG_FILE=${state.profile}`,
      'draining',
      'drained, the server still answered',
    ]);
    expect(await service.down()).toBe(false);
  });

  it('keep workflows, and the ports that were free when nobody chose any', async () => {
    const service = serviceIn();
    const { address, webUrl } = await service.up();
    await startWorkflow(service);
    await service.down();
    expect(await service.up()).toMatchObject({ address, webUrl });
    expect(await workflowStatus(service)).toBe('RUNNING');
  });

  it('let one of two at once start the service, and the other report it', async () => {
    const service = serviceIn();
    const [one, two] = await Promise.all([service.up(), service.up()]);
    expect(one).toEqual(two);
    expect(processes(service)).toHaveLength(3);
  });
});

describe('after kill -9', () => {
  it('of the server it is back on the same port with the same workflows', async () => {
    const service = serviceIn();
    const before = await service.up();
    await startWorkflow(service);
    process.kill(before.pids.temporal ?? 0, 'SIGKILL');
    await expect
      .poll(() => service.state()?.troubles)
      .toEqual(['the Temporal server was killed by SIGKILL and was started again (once)']);
    expect(service.state()).toMatchObject({ healthy: true, address: before.address });
    expect(pidsNow(service)).toMatchObject({ worker: before.pids.worker });
    expect(await workflowStatus(service)).toBe('RUNNING');
    expect(service.log('service')).toContain(
      'the Temporal server was killed by SIGKILL; starting it again',
    );
  });

  it('of the worker there is a new one, again and again', async () => {
    const service = serviceIn();
    const first = await service.up();
    process.kill(first.pids.worker ?? 0, 'SIGKILL');
    await expect.poll(() => service.state()?.troubles[0]).toContain('(once)');
    expect(service.state()?.healthy).toBe(true);
    process.kill(pidsNow(service).worker ?? 0, 'SIGKILL');
    await expect.poll(() => service.state()?.troubles[0]).toContain('(2 times)');
    expect(pidsNow(service)).toMatchObject({ temporal: first.pids.temporal });
  });

  it('of the service its children are ended gently by the next up, and nothing piles up', async () => {
    const service = serviceIn();
    const { pids, address } = await service.up();
    const orphans = processes(service);
    await startWorkflow(service);
    process.kill(pids.service, 'SIGKILL');
    await expect.poll(() => service.state()).toBeUndefined();
    expect(orphans.filter(isRunning)).toHaveLength(2);

    expect(await service.up()).toMatchObject({ healthy: true, address });
    expect(orphans.filter(isRunning)).toEqual([]);
    expect(processes(service)).toHaveLength(3);
    expect(service.events()).toContain('drained, the server still answered');
    expect(service.log('service')).toContain(`ending the worker (process ${pids.worker})`);
    expect(await workflowStatus(service)).toBe('RUNNING');
  });

  it.each(['', undefined])(
    'of the service whose record is damaged too, there is one server on the database: %j',
    async (damaged) => {
      const service = serviceIn();
      const { pids } = await service.up();
      const orphans = processes(service);
      await startWorkflow(service);
      process.kill(pids.service, 'SIGKILL');
      await expect.poll(() => service.state()).toBeUndefined();
      damageRecord(service, damaged);
      await service.up();
      expect(orphans.filter(isRunning)).toEqual([]);
      expect(service.events()).toContain('drained, the server still answered');
      expect(await workflowStatus(service)).toBe('RUNNING');
    },
  );

  it('of nothing, a record that is damaged is written again, and down finds the service without it', async () => {
    const service = serviceIn();
    const before = await service.up();
    const running = processes(service);
    damageRecord(service, '{"phase":');
    expect(await service.up()).toEqual(before);
    damageRecord(service, undefined);
    expect(await service.down()).toBe(true);
    expect(running.filter(isRunning)).toEqual([]);
  });

  it('of the service down ends what it left', async () => {
    const service = serviceIn();
    const { pids } = await service.up();
    const orphans = processes(service);
    process.kill(pids.service, 'SIGKILL');
    await expect.poll(() => service.state()).toBeUndefined();
    expect(await service.down()).toBe(true);
    expect(orphans.filter(isRunning)).toEqual([]);
  });
});

describe('up says in one line', () => {
  it('that the worker can’t start, and why, and leaves no process', async () => {
    const service = serviceIn(undefined, { FAKE_WORKER: 'broken' });
    const error = (await service.up().catch((error: unknown) => error)) as Error;
    expect(error.message).toMatch(
      /^the worker did not start, it ended with code 1: Error: the worker is broken; see .*worker\.log$/,
    );
    await expect.poll(() => service.record()).toBeUndefined();
    expect(service.state()).toBeUndefined();
  });

  it('which port is taken', async () => {
    const service = serviceIn();
    const port = await freePort();
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
    onTestFinished(() => void other.close());
    await expect(service.up({ port })).rejects.toThrow(`port ${port} is taken by another program`);
    service.env.COPPICE_TEMPORAL_PORT = '70000';
    const { port: _, ...withoutFlag } = service.options;
    await expect(service.up({ ...withoutFlag, port: undefined } as never)).rejects.toThrow(
      'COPPICE_TEMPORAL_PORT is not a port',
    );
  });

  it('which database is damaged', async () => {
    const service = serviceIn();
    mkdirSync(service.home.temporal, { recursive: true });
    const database = join(service.home.temporal, 'temporal.db');
    writeFileSync(database, 'garbage'.repeat(1000));
    await expect(service.up()).rejects.toThrow(`the Temporal database ${database} is damaged`);
    expect(existsSync(database)).toBe(true);
  });

  it.runIf(process.platform === 'linux' && process.getuid?.() === 0).each(['20k', '900k'])(
    'which disk is full, when it has %s',
    async (size) => {
      const service = serviceIn();
      fillDisk(service, size);
      await expect(service.up()).rejects.toThrow(/^no space left on the disk of \/.*: free some/);
      expect(service.state()).toBeUndefined();
    },
  );

  it('that there is no Temporal CLI', async () => {
    const service = serviceIn(undefined, { COPPICE_TEMPORAL_CLI: '/nowhere/temporal' });
    await expect(service.up()).rejects.toThrow('COPPICE_TEMPORAL_CLI names /nowhere/temporal');
  });
});

describe('state of another life', () => {
  it('in the lock and the record, naming pids that others have now, is just taken over', async () => {
    const service = serviceIn();
    await service.up();
    const record = JSON.stringify(service.record()).replaceAll(
      /"started":"[^"]*"/g,
      '"started":"x"',
    );
    await service.down();
    writeFileSync(
      join(service.home.service, 'service.json'),
      record.replaceAll(/"pid":\d+/g, '"pid":1'),
    );
    writeFileSync(join(service.home.service, 'lock.9'), '{"pid":1,"started":"x"}');
    expect(service.state()).toBeUndefined();
    expect(await service.up()).toMatchObject({ healthy: true });
  });
});

describe('with a server that the environment names', () => {
  it('only a worker is started, with the environment’s settings', async () => {
    const server = serviceIn();
    const { address, profile } = await server.up();
    const settings = { TEMPORAL_CONFIG_FILE: profile, TEMPORAL_NAMESPACE: 'team' };
    const service = serviceIn(undefined, settings);
    const state = await service.up();
    expect(state).toMatchObject({ address, namespace: 'team', embedded: false, healthy: true });
    expect(state.pids.temporal).toBeUndefined();
    expect(service.events()).toEqual([
      `ready TEMPORAL_CONFIG_FILE=${profile},TEMPORAL_NAMESPACE=team`,
    ]);
    expect(existsSync(join(service.home.temporal, 'temporal.db'))).toBe(false);
  });
});

/** Leaves so much of the service's record; undefined: not even the file. */
function damageRecord({ home }: Service, left: string | undefined): void {
  const record = join(home.service, 'service.json');
  if (left === undefined) rmSync(record);
  else writeFileSync(record, left);
}

function fillDisk({ home }: Service, size: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', home.root]);
  onTestFinished(() => void execFileSync('umount', ['--lazy', home.root]));
}
