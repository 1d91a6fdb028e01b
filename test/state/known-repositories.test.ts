import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { RepositoryName } from '../../src/domain/shared/repository.ts';
import { coppiceHome } from '../../src/state/home.ts';
import { knownRepositoriesAtEachLook } from '../../src/state/known-repositories.ts';
import { rememberRepository } from '../../src/state/repositories.ts';
import { temporaryDirectory } from '../support/temporary.ts';

test('a repository is known at once, and what has not changed is not read at each look', async () => {
  const root = temporaryDirectory('known');
  const home = coppiceHome({ COPPICE_HOME: join(root, 'state') });
  const remember = async (name: string) => {
    mkdirSync(join(root, name, '.git'), { recursive: true });
    await rememberRepository(home, RepositoryName.parse(`acme/${name}`), join(root, name));
  };
  const look = knownRepositoriesAtEachLook(home);
  expect(await look()).toEqual([]);
  await remember('app');
  expect(await look()).toEqual(['acme/app']);

  // It is not looked at again: with it the records of all sessions would be.
  renameSync(join(root, 'app', '.git'), join(root, 'app', 'git'));
  expect(await look()).toEqual(['acme/app']);
  renameSync(join(root, 'app', 'git'), join(root, 'app', '.git'));

  await remember('web');
  expect(await look()).toEqual(['acme/app', 'acme/web']);
  renameSync(join(root, 'web'), join(root, 'elsewhere'));
  vi.useFakeTimers({ now: Date.now() + 31_000, toFake: ['Date'] });
  expect(await look()).toEqual(['acme/app']);
  vi.useRealTimers();
});
