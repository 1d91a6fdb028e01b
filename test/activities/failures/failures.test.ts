import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { expect, test } from 'vitest';
import { asFailures } from '../../../src/activities/failures/failures.ts';
import { CoppiceError, TransientError } from '../../../src/domain/shared/failure.ts';
import { RateLimited, Unreachable } from '../../../src/github/api/errors.ts';

const QUIET = new DefaultLogger('ERROR');

/** What Temporal is told at each attempt of one activity that fails so, until it is told that it is for good. */
async function attempts(...errors: unknown[]): Promise<unknown[]> {
  const left = [...errors];
  const { step } = asFailures({
    step: async () => {
      throw left.shift();
    },
  });
  const told: unknown[] = [];
  while (left.length > 0) {
    const environment = new MockActivityEnvironment({ activityId: '7' }, { logger: QUIET });
    const failure = await environment.run(step).catch((error: unknown) => error);
    told.push(failure);
    if (isFinal(failure)) break;
  }
  return told;
}

const isFinal = (error: unknown): boolean =>
  error instanceof ApplicationFailure && error.nonRetryable === true;

const many = (count: number, make: (n: number) => unknown): unknown[] =>
  Array.from({ length: count }, (_, n) => make(n));

test('what is for a person is final at once', async () => {
  expect(await attempts(new CoppiceError('ForeignBranch', 'it is theirs', 'look'))).toMatchObject([
    { type: 'ForeignBranch', message: 'it is theirs', details: ['look'], nonRetryable: true },
  ]);
});

test('the world’s trouble is never final, however often it is the same', async () => {
  const reset = Object.assign(new TypeError('fetch failed'), {
    cause: Object.assign(new Error('read'), { code: 'ECONNRESET' }),
  });
  for (const error of [
    new TransientError('git fetch was killed'),
    new Unreachable('https://api.github.com', 'ENOTFOUND'),
    new RateLimited(new Date()),
    reset,
    new CancelledFailure('CANCELLED'),
  ]) {
    const told = await attempts(...many(30, () => error));
    expect(told).toHaveLength(30);
    expect(told.some(isFinal)).toBe(false);
  }
});

test('an error of this machine that stays the same is final after some tries, with its text', async () => {
  const told = await attempts(
    ...many(30, (n) => new Error(`EISDIR: illegal operation on a directory, process 10${n}`)),
  );
  expect(told).toHaveLength(4);
  expect(told.at(-1)).toMatchObject({
    type: 'LocalFailure',
    nonRetryable: true,
    message: expect.stringContaining('EISDIR: illegal operation on a directory'),
    details: [expect.stringContaining('4 times')],
  });
});

test('an error that is another each time is final too, later', async () => {
  const told = await attempts(...many(30, (n) => new Error('x'.repeat(n + 1))));
  expect(told).toHaveLength(12);
  expect(told.at(-1)).toMatchObject({ type: 'LocalFailure' });
});

test('after a long outage one error of this machine is one', async () => {
  const outage = many(50, () => new TransientError('no network'));
  const told = await attempts(...outage, new Error('EBUSY'), new Error('EBUSY'));
  expect(told.some(isFinal)).toBe(false);
});

test('a refusal that may pass is final in its own words when it stays', async () => {
  const refusal = () => new CoppiceError('Unauthorized', 'git push was refused (403)', '', true);
  const told = await attempts(...many(10, refusal));
  expect(told).toHaveLength(4);
  expect(told.at(-1)).toMatchObject({
    type: 'Unauthorized',
    message: 'git push was refused (403)',
    nonRetryable: true,
  });
});

test('what succeeds in between begins to count anew', async () => {
  let fails = true;
  const { step } = asFailures({
    step: async () => {
      if (fails) throw new Error('EBUSY');
    },
  });
  const run = () =>
    new MockActivityEnvironment({ activityId: '8' }, { logger: QUIET })
      .run(step)
      .catch((error: unknown) => error);
  for (let round = 0; round < 3; round++) {
    fails = true;
    for (let n = 0; n < 3; n++) expect(isFinal(await run())).toBe(false);
    fails = false;
    expect(await run()).toBeUndefined();
  }
});
