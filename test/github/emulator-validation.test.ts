import { expect, onTestFinished, test } from 'vitest';
import { createApi } from '../support/github-emulator/api.ts';
import { createApps } from '../support/github-emulator/apps.ts';
import { createCiRunner } from '../support/github-emulator/ci.ts';
import { toJsonSchema } from '../support/github-emulator/description.ts';
import { startGitHubEmulator } from '../support/github-emulator/index.ts';
import { operations } from '../support/github-emulator/operations.ts';
import { presenter } from '../support/github-emulator/present.ts';
import { createRateLimit } from '../support/github-emulator/rate-limit.ts';
import { emptyRepository, State } from '../support/github-emulator/state.ts';
import { operationCheck } from '../support/github-emulator/validation.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const present = presenter('http://127.0.0.1:1');
const pulls = '/repos/{owner}/{repo}/pulls';

/** Requests to an API whose pull request 1 is presented by `pull`. */
function apiWith(pull: (typeof present)['pull']) {
  const state = new State();
  const at = '2026-01-01T00:00:00Z';
  const dates = {
    createdAt: at,
    updatedAt: at,
    closedAt: null,
    mergedAt: null,
    events: [],
    baseDeletedAt: null,
  };
  const repository = emptyRepository({
    ...{ id: 1, owner: 'acme', name: 'app', directory: '/nowhere', defaultBranch: 'main' },
  });
  state.repositories.set('acme/app', repository);
  repository.pulls.set(1, {
    ...{ id: 2, number: 1, title: 'One', body: null, state: 'open', draft: false, ...dates },
    ...{ head: 'one', headSha: 'a1', base: 'main', baseSha: 'b2', mergeCommit: null },
    ...{ size: { commits: 1, additions: 1, deletions: 0, files: 1 }, requestedReviewers: [] },
  });
  const violations: string[] = [];
  const app = createApi({
    ...{ state, token: 'token', validate: true, origin: 'http://127.0.0.1:1' },
    rateLimit: createRateLimit(),
    apps: createApps(state),
    operations: operations(
      state,
      { ...present, pull },
      createCiRunner(state, () => undefined),
    ),
    violation: (problem) => violations.push(problem),
  });
  return {
    violations,
    async request(method: string, path: string, body?: unknown) {
      const headers = { authorization: 'Bearer token' };
      const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
      return (await app.request(`/repos/acme/app${path}`, init)).status;
    },
  };
}

test('an answer GitHub describes passes', async () => {
  const { request, violations } = apiWith(present.pull);
  expect(await request('GET', '/pulls/1')).toBe(200);
  expect(violations).toEqual([]);
});

test.each<[string, object, RegExp]>([
  [
    'lacks a field',
    { mergeable_state: undefined },
    /must have required property 'mergeable_state'/,
  ],
  ['has a number for a text', { title: 7 }, /\/title must be string/],
  ['has a null where none may be', { user: null }, /\/user must be object/],
  ['has an impossible value', { state: 'merged' }, /\/state must be equal to one of/],
  ['has a time that is none', { created_at: 'yesterday' }, /\/created_at must match format/],
])('an answer that %s is caught', async (_, wrong, problem) => {
  const { request, violations } = apiWith(
    // As it would arrive: undefined fields are not sent.
    (...of) => JSON.parse(JSON.stringify({ ...present.pull(...of), ...wrong })),
  );
  expect(await request('GET', '/pulls/1')).toBe(500);
  expect(violations).toHaveLength(1);
  expect(violations[0]).toMatch(/^answer to GET \/repos\/acme\/app\/pulls\/1 /);
  expect(violations[0]).toMatch(problem);
});

test.each<[string, string, string, unknown, RegExp]>([
  ['a misspelt query', 'GET', '/pulls?heads=acme:one', undefined, /additional properties/],
  ['an unknown state', 'GET', '/pulls?state=merged', undefined, /\/state must be equal to one of/],
  ['a number that is none', 'GET', '/pulls/one', undefined, /\/pull_number must be integer/],
  ['a missing base', 'POST', '/pulls', { head: 'one' }, /must have required property 'base'/],
  ['a misspelt field', 'PATCH', '/pulls/1', { bases: 'x' }, /additional properties/],
  ['a missing body', 'POST', '/pulls', undefined, /lacks its body/],
  ['something not emulated', 'GET', '/topics', undefined, /is not emulated/],
])('a request with %s is caught', async (_, method, path, body, problem) => {
  const { request, violations } = apiWith(present.pull);
  expect(await request(method, path, body)).toBe(500);
  expect(violations).toEqual([expect.stringMatching(problem)]);
});

test('a status GitHub does not describe is caught', () => {
  const check = operationCheck('POST', pulls);
  expect(check.answer(418, {})).toBe('status 418 is not described');
  expect(check.answer(401, { message: 'Bad credentials' })).toBeUndefined();
});

test('an operation GitHub does not have can not be emulated', () => {
  expect(() => operationCheck('DELETE', pulls)).toThrow('GitHub describes no DELETE');
});

test('a description that is not understood fails instead of passing', () => {
  expect(() => toJsonSchema({ type: 'object', minProperties: 1 })).toThrow(/minProperties/);
  expect(() => toJsonSchema({ $ref: '#/components/schemas/nothing' })).toThrow(/lacks/);
});

test('every operation can be checked, in its request and each answer described', () => {
  for (const { method, path } of operations(
    new State(),
    present,
    createCiRunner(new State(), () => undefined),
  )) {
    const check = operationCheck(method, path);
    for (const status of [200, 201, 404, 422])
      expect(() => check.answer(status, undefined)).not.toThrow();
  }
});

test('an emulator that has nothing to answer yet is up at once', async () => {
  const before = performance.now();
  const emulator = await startGitHubEmulator({ root: temporaryDirectory(), token: 'token' });
  onTestFinished(() => emulator.close());
  expect(performance.now() - before).toBeLessThan(500);
});
