import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { SEARCH_ATTRIBUTES } from '../../src/domain/shared/identity.ts';

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: Record<string, unknown>;
  readonly security_opt?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly privileged?: boolean;
}

const file = (name: string) => readFileSync(join(import.meta.dirname, '..', '..', name), 'utf8');
const { services, volumes } = parse(file('docker-compose.yml')) as {
  readonly services: Record<string, Service>;
  readonly volumes: Record<string, unknown>;
};

it('every image is pinned to a release', () => {
  const images = Object.values(services).flatMap(({ image }) => image ?? []);
  expect(images).toHaveLength(5);
  for (const image of images) expect(image).toMatch(/:\d+\.\d+(\.\d+)?$/);
  expect(file('Dockerfile')).toMatch(/^FROM node:24\.\d+\.\d+-/m);
});

it('nothing listens beyond loopback', () => {
  const ports = Object.values(services).flatMap((service) => service.ports ?? []);
  expect(ports.length).toBeGreaterThan(0);
  for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
});

it('named volumes and dependencies exist', () => {
  for (const { volumes: mounts = [], depends_on = {} } of Object.values(services)) {
    for (const mount of mounts) expect(Object.keys(volumes)).toContain(mount.split(':')[0]);
    for (const name of Object.keys(depends_on)) expect(services).toHaveProperty(name);
  }
});

it('the namespace gets every search attribute of Coppice', () => {
  const script = services.namespace?.command?.join('\n') ?? '';
  for (const name of Object.keys(SEARCH_ATTRIBUTES)) expect(script).toContain(`--name ${name} `);
});

it('agents in the worker’s container can have a sandbox, which the image has, and the container no rights beyond', () => {
  const { worker } = services;
  // What availability.ts tells whoever has none in a container.
  expect(worker?.security_opt).toEqual(
    expect.arrayContaining(['seccomp=unconfined', 'systempaths=unconfined']),
  );
  expect(worker).toMatchObject({ cap_drop: ['ALL'] });
  expect(worker).not.toHaveProperty('privileged');
  expect(file('Dockerfile')).toMatch(/install .*bubblewrap .*ripgrep socat/);
  expect(file('Dockerfile')).toMatch(/^USER node$/m);
  expect(file('docker-compose.yml')).not.toMatch(/sandbox: (off|auto)/);
});
