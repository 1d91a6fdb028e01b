import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { generated } from '../../scripts/generate-configuration.ts';
import { allKeys } from '../../src/config/keys.ts';
import { configJsonSchema } from '../../src/config/schema.ts';
import { planJsonSchema } from '../../src/planning/plan-file/plan-schema.ts';

test.for(Object.entries(generated()))(
  '%s is what node scripts/generate-configuration.ts writes',
  ([path, text]) => {
    expect(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')).toBe(text);
  },
);

test('every key has a meaning, for the documentation and for editors', () => {
  for (const { path, description } of allKeys())
    expect(description, path.join('.')).toMatch(/^[A-Z].{10,}[^.]$/);
});

const valid = new Ajv2020().compile(configJsonSchema());

const validPlan = new Ajv2020().compile(planJsonSchema());

test.for([
  ['{repository: acme/app, issues: [{issue: 1}]}', true],
  ['{repository: acme/app, issues: [{issue: 1, after: [2, {issue: 3, source: text}]}]}', true],
  ['{repository: acme/app, issues: [{issue: 1, after: ["#2"]}]}', false],
  ['{repository: acme/app, issues: [{issue: 1, after: [{source: text}]}]}', false],
  ['{repository: acme/app, issues: [{issue: 1, agter: [2]}]}', false],
  ['{repository: acme/app, issues: []}', false],
  ['{issues: [{issue: 1}]}', false],
] as const)('an editor with the schema of plans takes %s: %s', ([text, expected]) => {
  expect(validPlan(parse(text))).toBe(expected);
});

test.for([
  ['{}', true],
  ['{workers: 3, policy: {turnTimeout: 90s}, hooks: {timeout: 30}}', true],
  ['{agent: {adapter: command, command: [my-agent]}}', true],
  ['{wrokers: 3}', false],
  ['{workers: 0}', false],
  ['{policy: {turnTimeout: soon}}', false],
  ['{branch: "--upload-pack=x-{issue}"}', false],
] as const)('an editor with the schema takes %s: %s', ([text, expected]) => {
  expect(valid(parse(text))).toBe(expected);
});
