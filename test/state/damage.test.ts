import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { ADAPTERS } from '../../src/agents/adapters/index.ts';
import { attemptsOf, stateOf } from '../../src/agents/turn/attempt.ts';
import { readEnding, recordEnding } from '../../src/agents/turn/ending.ts';
import { NOTHING_READ, readJournal } from '../../src/agents/turn/reading.ts';
import { claimAttempt } from '../../src/agents/turn/supervisor.ts';
import { recordedBoard } from '../../src/client/board.ts';
import { toDetail } from '../../src/domain/session/projections.ts';
import type { Base, SessionLocation } from '../../src/domain/session/session.ts';
import { newSession } from '../../src/domain/session/state.ts';
import { sessionWorkflowId } from '../../src/domain/shared/identity.ts';
import { readWatches, registerWatch } from '../../src/github/watcher/watches.ts';
import { acquireLock } from '../../src/process/lock.ts';
import { choosePorts } from '../../src/service/ports.ts';
import { serviceState } from '../../src/service/state.ts';
import { readGitHubLimits, recordGitHubLimit } from '../../src/state/github-limits.ts';
import { coppiceHome, type Home } from '../../src/state/home.ts';
import { hostId } from '../../src/state/host.ts';
import { findOldTurns } from '../../src/state/old-turns.ts';
import { portRange } from '../../src/state/port-ranges.ts';
import { findCheckout, rememberRepository } from '../../src/state/repositories.ts';
import {
  listSessions,
  ownershipOf,
  readOwnership,
  saveDetail,
  saveOwnership,
} from '../../src/state/session-store.ts';
import { closedUsageGates, saveUsageGate } from '../../src/state/usage-gates.ts';
import { createRepository } from '../support/git-repository.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const base: Base = { branch: 'main', tip: 'abc' };
const later = new Date(Date.now() + 3_600_000);

/** A state directory with two sessions, 1 and 2, and one file of each kind. */
async function filled(): Promise<{ home: Home; places: SessionLocation[] }> {
  const { location, checkout } = createRepository();
  const home = coppiceHome({
    COPPICE_HOME: temporaryDirectory('home'),
    COPPICE_CACHE: temporaryDirectory('cache'),
  });
  const host = await hostId(home);
  const places = [1, 2].map((issue) => ({ ...location(issue), hostId: host }));
  for (const own of places) {
    const { repository, issue } = own;
    const workflowId = sessionWorkflowId(repository, issue);
    mkdirSync(own.worktree);
    const createdAt = `2026-01-0${issue}T00:00:00Z`;
    await saveOwnership(home, { workflowId, location: own, base, createdAt, ready: true });
    const session = newSession({ repository, issue }, '2026-01-01T00:00:00Z');
    await saveDetail(home, toDetail(session), '2026-01-01T00:00:00Z');
    await portRange(home, own);
    await registerWatch(home, { workflowId, repository, issue, pullRequest: null });
    const turnId = `acme.app.${issue}.abcdef.1`;
    claimAttempt(home.turns, turnId, 1, { adapter: 'claude', resume: false }, 'begin');
    const outcome = { kind: 'done', summary: 'did it' } as const;
    const figures = { begun: true, responded: true, denials: [], attempts: 1, durationMs: 1 };
    await recordEnding(home.turns, turnId, { outcome, ...figures }, {});
    await rememberRepository(home, repository, checkout);
  }
  await recordGitHubLimit(home, 'core', later);
  const until = later.toISOString();
  await saveUsageGate(home, 'a', { account: 'a', closedAt: until, until, guesses: 0 });
  acquireLock(home.service)();
  await choosePorts(home, { port: 0 });
  return { home, places };
}

const filesOf = (root: string): string[] =>
  readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(root, name)).isFile(),
  );

/** What `up`, `status`, `prune` and a step of session 2 read of the state directory. */
async function seenBy(home: Home, location: SessionLocation) {
  const { repository, issue } = location;
  acquireLock(home.service)();
  serviceState(home);
  await choosePorts(home, { port: 0 });
  await findOldTurns(home, 1, new Date());
  await readGitHubLimits(home);
  await closedUsageGates(home);
  const [attempt] = attemptsOf(home.turns, `acme.app.${issue}.abcdef.1`);
  const { watches } = await readWatches(home);
  const board = await recordedBoard(home, repository);
  return {
    host: await hostId(home),
    checkout: await findCheckout(home, repository),
    ports: await portRange(home, location),
    owned: await readOwnership(home, repository, issue),
    watched: watches.some((one) => one.issue === issue),
    shown: board.sessions.some(({ record }) => record.issueNumber === issue),
    ending: readEnding(home.turns, `acme.app.${issue}.abcdef.1`),
    attempt: attempt && stateOf(attempt),
  };
}

beforeEach(() => {
  const spy = vi.spyOn(console, 'error').mockImplementation(() => {});
  onTestFinished(() => spy.mockRestore());
});

const DAMAGE = { emptied: () => '', 'cut short': (text: string) => text.slice(0, text.length / 2) };
const GARBAGE = { ...DAMAGE, overwritten: () => '\0\0{"\u0001', 'other JSON': () => '[null]' };

test.for(Object.entries(GARBAGE))(
  'a file that was %s costs no other session anything',
  async ([, damage]) => {
    const { home, places } = await filled();
    const [, two] = places as [SessionLocation, SessionLocation];
    const before = await seenBy(home, two);
    expect(before).toMatchObject({ watched: true, shown: true, ending: { outcome: {} } });
    const isTwos = /(^|[/.])2([/.]|$)|ports\/1$/;
    const others = filesOf(home.root).filter((name) => !isTwos.test(name));
    expect(others.length).toBeGreaterThan(12);
    for (const name of others) {
      const path = join(home.root, name);
      const text = readFileSync(path, 'utf8');
      writeFileSync(path, damage(text));
      expect(await seenBy(home, two), name).toEqual(before);
      writeFileSync(path, text);
    }
  },
);

test.for(Object.entries(GARBAGE))(
  'what else knows what a %s file of a session said puts it right, and the file is kept',
  async ([, damage]) => {
    const { home, places } = await filled();
    const [one] = places as [SessionLocation];
    const { repository, issue } = one;
    const before = await seenBy(home, one);
    const damaged = (name: string) => {
      const path = join(home.root, name);
      writeFileSync(path, damage(readFileSync(path, 'utf8')));
    };
    const of = `${repository}/${issue}`;
    damaged(`sessions/${of}/ownership.json`);
    expect((await listSessions(home)).damaged).toHaveLength(1);
    expect(await ownershipOf(home, one, base)).toMatchObject({ location: one, base, ready: true });
    damaged('host-id');
    damaged(`repositories/${repository.toLowerCase()}.json`);
    damaged(`watch/${of}.json`);
    damaged(`turns/acme.app.1.abcdef.1/attempt-1/start.json`);
    damaged(`turns/acme.app.1.abcdef.1/ending.json`);
    const after = await seenBy(home, one);
    const createdAt = expect.any(String);
    // Its attempt has no launcher any more, so that it is over, and the turn goes on.
    expect(after).toEqual({
      ...before,
      owned: { ...before.owned, createdAt },
      ending: undefined,
      attempt: { is: 'lost' },
    });
    expect(filesOf(home.root).filter((name) => name.includes('.damaged-'))).toHaveLength(5);
    expect((await listSessions(home)).damaged).toEqual([]);
  },
);

test('a turn’s files that a power cut emptied end its attempt, and nobody takes them for an answer', async () => {
  const { home } = await filled();
  const [attempt] = attemptsOf(home.turns, 'acme.app.1.abcdef.1');
  const at = (name: string) => join(attempt?.directory ?? '', name);
  writeFileSync(at('gate'), '');
  writeFileSync(at('exit'), '');
  expect(attempt && stateOf(attempt)).toEqual({ is: 'lost' });
  rmSync(at('journal'));
  rmSync(at('start.json'));
  const [bare] = attemptsOf(home.turns, 'acme.app.1.abcdef.1');
  expect(bare && readJournal(bare, ADAPTERS.claude)).toEqual(NOTHING_READ);
  writeFileSync(at('stopped'), '');
  expect(attempt && stateOf(attempt)).toEqual({ is: 'stopped', reason: 'interrupted' });
});
