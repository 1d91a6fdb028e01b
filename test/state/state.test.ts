import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { toDetail } from '../../src/domain/session/projections.ts';
import { newSession } from '../../src/domain/session/state.ts';
import { RepositoryName } from '../../src/domain/shared/repository.ts';
import { coppiceHome, ensurePrivate, sessionDirectory } from '../../src/state/home.ts';
import { hostId, slug } from '../../src/state/host.ts';
import { findCheckout, rememberRepository } from '../../src/state/repositories.ts';
import {
  forgetOwnership,
  listSessions,
  type Ownership,
  readDetail,
  readOwnership,
  saveDetail,
  saveOwnership,
} from '../../src/state/session-store.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const repository = RepositoryName.parse('acme/app');
const other = RepositoryName.parse('acme/other');

const newHome = () => coppiceHome({ COPPICE_HOME: join(temporaryDirectory('home'), 'new') });

const ownership = (issue: number): Ownership => ({
  workflowId: `coppice/acme/app/issues/${issue}`,
  location: {
    repository,
    issue,
    hostId: 'h',
    checkout: '/app',
    worktree: `/app-issue-${issue}`,
    branch: `issue-${issue}`,
    remote: 'origin',
  },
  base: { branch: 'main', tip: 'abc' },
  createdAt: '2026-01-01T00:00:00Z',
  ready: false,
});

const detail = (name: typeof repository, issue: number) =>
  toDetail(newSession({ repository: name, issue }, '2026-01-01T00:00:00Z'));

test('an ownership record is read back, until it is forgotten', async () => {
  const home = newHome();
  expect(await readOwnership(home, repository, 124)).toBeUndefined();
  await saveOwnership(home, ownership(124));
  expect(await readOwnership(home, repository, 124)).toEqual(ownership(124));
  await forgetOwnership(home, repository, 124);
  await forgetOwnership(home, repository, 124);
  expect(await readOwnership(home, repository, 124)).toBeUndefined();
});

test('the last detail is read back with its time, and only its owner may read it', async () => {
  const home = newHome();
  await saveDetail(home, detail(repository, 124), 'then');
  await saveDetail(home, detail(repository, 124), 'later');
  expect(await readDetail(home, repository, 124)).toEqual({
    detail: detail(repository, 124),
    asOf: 'later',
  });
  const directory = sessionDirectory(home, repository, 124);
  expect(readdirSync(directory)).toEqual(['detail.json']);
  expect(statSync(join(directory, 'detail.json')).mode & 0o077).toBe(0);
});

test('sessions are listed by repository and number, damaged files by their paths', async () => {
  const home = newHome();
  expect(await listSessions(home)).toEqual({ sessions: [], damaged: [] });
  await saveOwnership(home, ownership(20));
  await saveDetail(home, detail(repository, 3), 'then');
  await saveDetail(home, detail(other, 1), 'then');
  const damaged = join(sessionDirectory(home, repository, 20), 'detail.json');
  writeFileSync(damaged, '{"detail":');
  mkdirSync(join(home.sessions, 'acme/app/not-a-number'));
  mkdirSync(join(home.sessions, 'not an owner/x'), { recursive: true });
  const all = await listSessions(home);
  expect(all.damaged).toEqual([damaged]);
  expect(all.sessions.map((session) => `${session.repository}#${session.issue}`)).toEqual([
    'acme/app#3',
    'acme/app#20',
    'acme/other#1',
  ]);
  expect(all.sessions[1]?.ownership).toEqual(ownership(20));
  expect((await listSessions(home, other)).sessions).toHaveLength(1);
});

test.each(['', '[]', '{"workflowId": 1}', 'nonsense'])(
  'a record that holds %j is refused by its path',
  async (content) => {
    const home = newHome();
    await saveOwnership(home, ownership(124));
    const file = join(sessionDirectory(home, repository, 124), 'ownership.json');
    writeFileSync(file, content);
    await expect(readOwnership(home, repository, 124)).rejects.toMatchObject({
      message: expect.stringContaining(file),
    });
  },
);

test('what can’t be read of one session, or is none, hides no other', async () => {
  const home = newHome();
  await saveOwnership(home, ownership(1));
  await saveOwnership(home, ownership(2));
  const unreadable = join(sessionDirectory(home, repository, 3), 'ownership.json');
  mkdirSync(unreadable, { recursive: true });
  writeFileSync(join(home.sessions, 'acme', 'file'), '');
  writeFileSync(join(home.sessions, 'acme', 'app', '4'), '');
  const { sessions, damaged } = await listSessions(home);
  expect(sessions.flatMap(({ ownership: found }) => found?.location.issue ?? [])).toEqual([1, 2]);
  expect(damaged).toContain(unreadable);
});

test('a checkout is found under any spelling of the repository, while it is there', async () => {
  const home = newHome();
  const checkout = temporaryDirectory();
  expect(await findCheckout(home, repository)).toBeUndefined();
  await rememberRepository(home, repository, '/elsewhere');
  expect(await findCheckout(home, repository)).toBeUndefined();
  await rememberRepository(home, repository, checkout);
  expect(await findCheckout(home, repository)).toBeUndefined();
  mkdirSync(join(checkout, '.git'));
  expect(await findCheckout(home, RepositoryName.parse('Acme/App'))).toBe(checkout);
});

test('a host’s id is made once, also by many at once', async () => {
  const home = newHome();
  const ids = await Promise.all(Array.from({ length: 20 }, () => hostId(home)));
  expect(new Set(ids).size).toBe(1);
  expect(ids[0]).toMatch(/^[a-z0-9-]+-[0-9a-f]{6}$/);
  expect(await hostId(home)).toBe(ids[0]);
  expect(readdirSync(home.root)).toEqual(['host-id']);
});

test('a host id that is damaged is kept aside, and its newest session tells what it was', async () => {
  const told = vi.spyOn(console, 'error').mockImplementation(() => {});
  onTestFinished(() => told.mockRestore());
  const home = newHome();
  await saveOwnership(home, ownership(124));
  writeFileSync(join(home.root, 'host-id'), '');
  expect(await hostId(home)).toBe('h');
  const names = readdirSync(home.root).filter((name) => name.startsWith('host-id.damaged-'));
  expect(names).toHaveLength(1);
  expect(told).toHaveBeenCalledExactlyOnceWith(expect.stringContaining(names[0] ?? ''));
});

test.each([
  ['Anna’s MacBook Pro.local', 'anna-s-macbook-pro-local'],
  ['日本', 'host'],
  [`${'x'.repeat(39)}.example.com`, 'x'.repeat(39)],
])('the host name %s becomes %s', (name, expected) => {
  expect(slug(name)).toBe(expected);
});

test('closes the state directory to other users, also one that was open, whatever the umask', () => {
  const home = coppiceHome({ COPPICE_HOME: join(temporaryDirectory(), 'state') });
  const before = process.umask(0);
  onTestFinished(() => void process.umask(before));
  ensurePrivate(home);
  expect(statSync(home.root).mode & 0o777).toBe(0o700);
  chmodSync(home.root, 0o755);
  ensurePrivate(home);
  expect(statSync(home.root).mode & 0o777).toBe(0o700);
});
