import { ServiceError } from '@temporalio/client';
import { expect, test } from 'vitest';
import { report } from '../../src/cli/errors.ts';
import { clearError, lacksSearchAttributes } from '../../src/client/server/server-error.ts';

/** What the SDK throws when the server answers with a status of gRPC. */
const failed = (code: number, details: string) =>
  new ServiceError('Failed to list workflows', {
    cause: Object.assign(new Error(`${code} ${details}`), { code, details, metadata: {} }),
  });

const server = { address: 'there:7233', namespace: 'work', embedded: false, connectionOptions: {} };

test.each([
  [
    14,
    'No connection established',
    'Unreachable',
    /^the Temporal server at there:7233 does not answer: No connection/,
  ],
  [4, 'Deadline exceeded', 'Unreachable', /does not answer: Deadline exceeded; coppice up/],
  [
    7,
    'Request unauthorized.',
    'Refused',
    /refuses this client: Request unauthorized.*TEMPORAL_API_KEY/,
  ],
  [8, 'busy', 'Refused', /too much to do: busy; try again in a minute/],
  [13, '', 'Refused', /could not do it, gRPC status 13$/],
])('status %i of the Temporal server is one clear line', (code, details, kind, line) => {
  const error = clearError({ server }, failed(code, details));
  expect(error).toMatchObject({ name: 'ClientError', kind, message: expect.stringMatching(line) });
});

test('what is not the server’s is handed on as it is', () => {
  const error = new Error('x');
  expect(clearError({ server }, error)).toBe(error);
});

test('a server that has never seen Coppice is known by its search attributes', () => {
  expect(
    lacksSearchAttributes(
      failed(3, 'invalid query: column name "CoppiceRepo" is not a valid search attribute'),
    ),
  ).toBe(true);
  expect(lacksSearchAttributes(failed(3, 'invalid query: syntax error'))).toBe(false);
});

test('an error of the SDK that reaches a person all the same tells what the server said', () => {
  expect(report(failed(13, 'the database is damaged'), false).text).toBe(
    'coppice: Failed to list workflows: the database is damaged',
  );
});
