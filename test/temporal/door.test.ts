import { randomBytes } from 'node:crypto';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Connection } from '@temporalio/client';
import { execa } from 'execa';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { isRunning, type ProcessIdentity } from '../../src/process/identity.ts';
import { startedWith } from '../../src/process/members.ts';
import { coppiceHome } from '../../src/state/home.ts';
import { findTemporalCli } from '../../src/temporal/cli.ts';
import { devServerAddress, startDevServer } from '../../src/temporal/dev-server.ts';
import { clientTls } from '../../src/temporal/door/client-tls.ts';
import {
  credentialFiles,
  ensureCredentials,
  readCredentials,
  readSecret,
} from '../../src/temporal/door/credentials.ts';
import { hasOwnNetwork } from '../../src/temporal/door/own-network.ts';
import { isValidToken, loginLink, makeToken } from '../../src/temporal/door/web-login.ts';
import { freePort } from '../../src/temporal/port.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const SHORT = { connectTimeout: '3s' };

describe('the door of the embedded server', () => {
  let directory: string;
  let address: string;
  let webUrl: string;
  let cli: string;
  let marks: Record<string, string>;
  let main: ProcessIdentity;
  const start = async () => {
    const ports = { port: await freePort(), uiPort: await freePort() };
    ({ address, webUrl } = devServerAddress(ports));
    return startDevServer({
      cli,
      ...ports,
      marks,
      database: join(directory, 'temporal.db'),
      log: join(directory, 'temporal.log'),
      env: process.env,
      onSpawn: (process) => {
        main = process;
      },
      signal: new AbortController().signal,
    });
  };

  beforeAll(async () => {
    cli = await findTemporalCli({ env: process.env, home: coppiceHome(), report: console.error });
    directory = mkdtempSync(join(tmpdir(), 'coppice-door-'));
    marks = { COPPICE_PART: `temporal of ${directory}` };
    const server = await start();
    return async () => {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    };
  });

  it('opens to whoever has the key, and to nobody else', async () => {
    const connection = await Connection.connect({ address, ...clientTls(directory), ...SHORT });
    onTestFinished(() => connection.close());
    expect(await connection.workflowService.getSystemInfo({})).toHaveProperty('serverVersion');

    await expect(Connection.connect({ address, ...SHORT })).rejects.toThrow();
    const certificate = readCredentials(directory)?.certificate ?? Buffer.alloc(0);
    const onlyTrust = {
      tls: { serverNameOverride: 'localhost', serverRootCACertificate: certificate },
    };
    await expect(Connection.connect({ address, ...onlyTrust, ...SHORT })).rejects.toThrow();
    const stranger = temporaryDirectory();
    await ensureCredentials(stranger, { address, namespace: 'default' });
    const theirs = { ...clientTls(stranger).tls, serverRootCACertificate: certificate };
    await expect(Connection.connect({ address, tls: theirs, ...SHORT } as never)).rejects.toThrow();
  });

  it('lets Temporal’s own CLI in with one exported variable, which no other user can read', async () => {
    const { profile } = credentialFiles(directory);
    const line = ['operator', 'namespace', 'describe', '--namespace', 'default'];
    const base = { PATH: process.env.PATH, HOME: temporaryDirectory() };
    const without = { ...base, TEMPORAL_ADDRESS: address };
    const refused = await execa(cli, line, { env: without, extendEnv: false, reject: false });
    expect(refused.exitCode).not.toBe(0);
    const env = { ...base, TEMPORAL_CONFIG_FILE: profile };
    const { stdout } = await execa(cli, line, { env, extendEnv: false });
    expect(stdout).toContain('default');
    const files = readdirSync(directory).filter((name) => !name.endsWith('.log'));
    const readable = files.filter((name) => statSync(join(directory, name)).mode & 0o077);
    expect(readable).toEqual([]);
  });

  it.runIf(hasOwnNetwork(process.env))('has the server in a network where nobody else is', () => {
    const ours = readlinkSync('/proc/self/ns/net');
    const servers = startedWith(marks).filter(
      ({ pid }) => basename(readlinkSync(`/proc/${pid}/exe`)) === basename(cli),
    );
    expect(servers.length).toBeGreaterThan(0);
    for (const { pid } of servers) expect(readlinkSync(`/proc/${pid}/ns/net`)).not.toBe(ours);
  });

  it('shows the Web UI to a browser that is logged in, by a link that soon expires', async () => {
    expect((await fetch(`${webUrl}/namespaces`)).status).toBe(401);
    expect((await fetch(`${webUrl}/api/v1/namespaces`)).status).toBe(401);
    const link = new URL(loginLink(webUrl, readSecret(directory) ?? '', '/namespaces'));
    const page = await fetch(link);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");

    const given = new URLSearchParams(link.hash.slice(1));
    expect(given.get('page')).toBe('/namespaces');
    const logIn = (token: string, origin = webUrl) =>
      fetch(`${webUrl}${link.pathname}`, { method: 'POST', body: token, headers: { origin } });
    const token = given.get('token') ?? '';
    expect((await logIn('1.x')).status).toBe(403);
    expect((await logIn(token, 'http://evil.example')).status).toBe(403);
    const [cookie = ''] = (await logIn(token)).headers.getSetCookie();
    expect(cookie).toMatch(/HttpOnly; SameSite=Lax/);
    const headers = { cookie: cookie.split(';')[0] ?? '' };
    expect((await fetch(`${webUrl}/api/v1/namespaces`, { headers })).status).toBe(200);

    const change = (origin?: string) =>
      fetch(`${webUrl}/api/v1/namespaces/default/workflows/x/signal/guidance`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'text/plain', ...(origin && { origin }) },
        body: '{}',
      });
    expect((await change()).status).toBe(403);
    expect((await change('http://evil.example')).status).toBe(403);
    expect((await change(webUrl)).status).not.toBe(401);
  });

  it('answers under its own names only, so that no rebound name reads it', async () => {
    const { hostname, port } = new URL(webUrl);
    const status = await new Promise((resolve, reject) => {
      const headers = { host: `evil.example:${port}` };
      request({ hostname, port, headers }, (reply) => resolve(reply.resume().statusCode))
        .on('error', reject)
        .end();
    });
    expect(status).toBe(403);
  });

  it('leaves nothing running when it is killed', async () => {
    process.kill(main.pid, 'SIGKILL');
    await expect.poll(() => startedWith(marks).filter(isRunning)).toEqual([]);
    const again = await start();
    onTestFinished(() => again.stop());
    const connection = await Connection.connect({ address, ...clientTls(directory) });
    await connection.close();
  });
});

describe('a login token', () => {
  const secret = randomBytes(32).toString('hex');

  it('is good for its purpose and its time only', () => {
    const token = makeToken(secret, 'link', 1_000);
    expect(isValidToken(secret, 'link', token, 2_000)).toBe(true);
    expect(isValidToken(secret, 'browser', token, 2_000)).toBe(false);
    expect(isValidToken(secret, 'link', token, 1_000 + 5 * 60_000 + 1)).toBe(false);
    expect(isValidToken(randomBytes(32).toString('hex'), 'link', token, 2_000)).toBe(false);
    expect(isValidToken(secret, 'link', token.replace(/^\d+/, '9999999999999'), 2_000)).toBe(false);
  });
});

describe('the credentials', () => {
  it('stay as they are while they are whole, and are made anew when one is damaged', async () => {
    const directory = temporaryDirectory();
    const server = { address: '127.0.0.1:7233', namespace: 'default' };
    const first = await ensureCredentials(directory, server);
    expect(await ensureCredentials(directory, server)).toEqual(first);
    const { certificate, webSecret } = credentialFiles(directory);
    writeFileSync(certificate, '');
    writeFileSync(webSecret, '');
    expect(await ensureCredentials(directory, server)).not.toEqual(first);
    expect(readFileSync(webSecret, 'utf8')).toMatch(/^[0-9a-f]{64}$/);
  });
});
