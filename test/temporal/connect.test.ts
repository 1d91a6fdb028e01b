import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { identify, type ProcessIdentity } from '../../src/process/identity.ts';
import { proxyVariables } from '../../src/process/network-variables.ts';
import { coppiceHome } from '../../src/state/home.ts';
import { type Part, writeServiceRecord } from '../../src/state/service-record.ts';
import { externalServer, proxyTo, resolveServer } from '../../src/temporal/connect.ts';
import { credentialFiles, ensureCredentials } from '../../src/temporal/door/credentials.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const PART: Part = { process: null, up: true, restarts: 0, trouble: null };

function location(variables: NodeJS.ProcessEnv = {}, toml?: string) {
  const root = temporaryDirectory('connect');
  const file = join(root, 'temporal.toml');
  if (toml !== undefined) writeFileSync(file, toml);
  const env = { HOME: root, COPPICE_HOME: root, TEMPORAL_CONFIG_FILE: file, ...variables };
  const home = coppiceHome(env);
  mkdirSync(home.service);
  const record = (service: ProcessIdentity, phase: 'starting' | 'ready' = 'ready') =>
    writeServiceRecord(home, {
      phase,
      service,
      startedAt: new Date().toISOString(),
      embedded: true,
      address: '127.0.0.1:7001',
      namespace: 'default',
      webUrl: 'http://127.0.0.1:8001',
      temporal: PART,
      worker: PART,
    });
  return { env, home, record, resolve: () => resolveServer(env, home) };
}

const self = identify(process.pid) as ProcessIdentity;

describe('the Temporal server is', () => {
  it('unknown when nothing names one', async () => {
    expect(await location().resolve()).toBeUndefined();
  });

  it('that of the running service', async () => {
    const { record, resolve } = location();
    record(self);
    expect(await resolve()).toEqual({
      address: '127.0.0.1:7001',
      namespace: 'default',
      embedded: true,
      webUrl: 'http://127.0.0.1:8001',
      connectionOptions: { address: '127.0.0.1:7001' },
    });
  });

  it('not that of a service that has ended or is still starting', async () => {
    const { record, resolve } = location();
    record({ ...self, started: 'in another life' });
    expect(await resolve()).toBeUndefined();
    record(self, 'starting');
    expect(await resolve()).toBeUndefined();
  });

  it('the one in TEMPORAL_ADDRESS, before the running service', async () => {
    const { record, resolve } = location({
      TEMPORAL_ADDRESS: 'temporal.example:7233',
      TEMPORAL_NAMESPACE: 'team',
      COPPICE_WEB_URL: 'https://temporal.example/',
    });
    record(self);
    expect(await resolve()).toMatchObject({
      address: 'temporal.example:7233',
      namespace: 'team',
      embedded: false,
      webUrl: 'https://temporal.example',
    });
  });

  it('still the embedded one for the worker, which is told its address', async () => {
    const { record, resolve } = location({
      TEMPORAL_ADDRESS: '127.0.0.1:7001',
      TEMPORAL_API_KEY: 'k',
    });
    record(self, 'starting');
    expect(await resolve()).toMatchObject({
      embedded: true,
      connectionOptions: { address: '127.0.0.1:7001' },
    });
  });

  it('the embedded one, with its key, where the environment names the profile that it made', async () => {
    const { env, home, record, resolve } = location();
    const server = { address: '127.0.0.1:7001', namespace: 'default' };
    await ensureCredentials(home.temporal, server);
    env.TEMPORAL_CONFIG_FILE = credentialFiles(home.temporal).profile;
    expect(await resolve()).toBeUndefined();
    expect(externalServer(env, home)).toBeUndefined();
    record(self, 'starting');
    expect(await resolve()).toMatchObject({
      embedded: true,
      connectionOptions: {
        address: server.address,
        tls: { clientCertPair: { crt: expect.anything() } },
      },
    });
  });

  it('on Temporal Cloud by an API key, with TLS', async () => {
    const { resolve } = location({
      TEMPORAL_ADDRESS: 'eu-west-1.aws.api.temporal.io:7233',
      TEMPORAL_NAMESPACE: 'team.a1b2c',
      TEMPORAL_API_KEY: 'secret',
    });
    expect(await resolve()).toMatchObject({
      namespace: 'team.a1b2c',
      webUrl: 'https://cloud.temporal.io',
      connectionOptions: { apiKey: 'secret', tls: true },
    });
  });

  it('the one of a profile in Temporal’s configuration file', async () => {
    const toml = `
      [profile.default]
      address = "one.example:7233"
      [profile.prod]
      address = "two.example:7233"
      namespace = "prod"
      [profile.prod.tls]
      server_name = "internal"`;
    expect(await location({}, toml).resolve()).toMatchObject({ address: 'one.example:7233' });
    expect(await location({ TEMPORAL_PROFILE: 'prod' }, toml).resolve()).toMatchObject({
      namespace: 'prod',
      connectionOptions: { address: 'two.example:7233', tls: { serverNameOverride: 'internal' } },
    });
  });

  it.each([
    [
      'a profile that is not there',
      'other',
      '[profile.prod]\naddress = "a:1"',
      "'other' not found",
    ],
    ['a profile without an address', 'prod', '[profile.prod]\nnamespace = "n"', 'names no address'],
    ['a file that is not TOML', '', '[profile.prod]\napi_key = sk-secret oops', 'configuration'],
  ])('refused in one line without secrets for %s', async (_, profile, toml, message) => {
    const { resolve } = location({ TEMPORAL_PROFILE: profile }, toml);
    const error = (await resolve().catch((error: unknown) => error)) as Error;
    expect(error).toMatchObject({ name: 'ServiceError', kind: 'BadServerConfig' });
    expect(error.message).toContain(message);
    expect(error.message).not.toMatch(/\n|sk-secret/);
  });
});

it('a worker asks the proxy that the environment names for a server outside, and for none on this machine', () => {
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(proxyTo('a.tmprl.cloud:7233')).toBeUndefined();
  const variables = proxyVariables({ HTTPS_PROXY: 'http://alice:p%40ss@proxy:3128' });
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  expect(proxyTo('a.tmprl.cloud:7233')).toEqual({
    ...{ type: 'http-connect', targetHost: 'proxy:3128' },
    basicAuth: { username: 'alice', password: 'p@ss' },
  });
  expect(proxyTo('127.0.0.1:7233')).toBeUndefined();
});
