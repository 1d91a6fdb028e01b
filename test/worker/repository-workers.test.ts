import { expect, onTestFinished, test, vi } from 'vitest';
import { RepositoryName } from '../../src/domain/shared/repository.ts';
import { repositoryWorkers } from '../../src/worker/repository-workers.ts';
import { eventually } from '../support/eventually.ts';

const APP = RepositoryName.parse('acme/app');
const LIBRARY = RepositoryName.parse('acme/library');

/** Workers that do nothing, for a host whose repositories a test changes. */
function host(...repositories: RepositoryName[]) {
  const running = new Map<RepositoryName, (error?: Error) => void>();
  const create = vi.fn(async (repository: RepositoryName) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    return {
      run: () => {
        running.set(repository, (error) => (error ? reject(error) : resolve()));
        return promise;
      },
      shutdown: () => {
        running.delete(repository);
        resolve();
      },
      getState: () => 'RUNNING',
    };
  });
  const lines: string[] = [];
  const here = { known: async () => repositories };
  const workers = repositoryWorkers({
    known: () => here.known(),
    create,
    log: (line) => lines.push(line),
    every: 5,
  });
  onTestFinished(() => workers.shutdown());
  return { here, running, create, lines, workers, run: workers.run() };
}

test('a host works for the repositories it has, as long as it has them', async () => {
  const { here, running, create, lines, workers, run } = host(APP);
  await eventually(() => expect([...running.keys()]).toEqual([APP]));
  here.known = async () => [APP, LIBRARY];
  await eventually(() => expect([...running.keys()]).toEqual([APP, LIBRARY]));
  here.known = async () => [LIBRARY];
  await eventually(() => expect([...running.keys()]).toEqual([LIBRARY]));
  expect(lines).toEqual(['acme/app has no checkout on this host any more']);
  expect(create).toHaveBeenCalledTimes(2);
  workers.shutdown();
  await run;
  expect(running.size).toBe(0);
});

test('a look that fails is told once, and taken again', async () => {
  const { here, running, lines } = host();
  let looks = 0;
  here.known = async () => {
    looks += 1;
    throw new Error('no space left');
  };
  await eventually(() => expect(looks).toBeGreaterThan(3));
  expect(lines).toEqual([expect.stringContaining('no space left')]);
  here.known = async () => [APP];
  await eventually(() => expect([...running.keys()]).toEqual([APP]));
});

test('one that fails for good fails the whole', async () => {
  const { running, run } = host(APP);
  await eventually(() => expect(running.size).toBe(1));
  running.get(APP)?.(new Error('the connection is lost'));
  await expect(run).rejects.toThrow('the connection is lost');
});
