import { expect, test } from 'vitest';
import { OUTCOME_SCHEMA, readStructured } from '../../../src/agents/adapters/structured.ts';
import { ReportedOutcome } from '../../../src/domain/session/turn.ts';

const properties = OUTCOME_SCHEMA.properties ?? {};
const nothing = Object.fromEntries(Object.keys(properties).map((key) => [key, null]));

test('every key an outcome may have is in the schema, and every key is required, as strict schemas want it', () => {
  const keys = ReportedOutcome.options.flatMap(({ shape }) => Object.keys(shape));
  expect(Object.keys(properties).sort()).toEqual([...new Set(keys)].sort());
  expect(OUTCOME_SCHEMA).toMatchObject({ type: 'object', additionalProperties: false });
  expect(OUTCOME_SCHEMA.required).toEqual(Object.keys(properties));
});

test('nulls say nothing', () => {
  expect(readStructured({ ...nothing, kind: 'done', summary: 'did it' })).toEqual({
    report: { kind: 'done', summary: 'did it' },
  });
  expect(readStructured({ ...nothing, kind: 'stuck', decision: 'which?' })).toEqual({
    report: { kind: 'stuck', decision: 'which?', options: [], context: '' },
  });
  const option = { label: 'left', consequence: '', recommended: true };
  expect(
    readStructured({ ...nothing, kind: 'stuck', decision: 'which?', options: [option] }),
  ).toHaveProperty('report.options', [option]);
});

test.each([
  null,
  undefined,
  'done',
  [],
  { ...nothing, kind: 'done' },
  { kind: 'failed', reason: 'x' },
])('what is no outcome is told as a problem: %j', (output) => {
  expect(readStructured(output)).toEqual({ problem: expect.stringMatching(/./) });
});
