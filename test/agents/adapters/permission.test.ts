import { expect, test } from 'vitest';
import {
  asRule,
  isAllowed,
  mayPlan,
  type ToolUse,
} from '../../../src/agents/adapters/permission.ts';

const shell = (command: string): ToolUse => ({
  kind: 'execute',
  title: 'Terminal',
  command,
  paths: [],
});
const edit = (...paths: string[]): ToolUse => ({ kind: 'edit', title: 'Edit', paths });

test.each([
  [shell('rm -rf /'), ['Bash']],
  [shell('npm test'), ['Bash(npm test)']],
  [shell('npm test -- --watch'), ['Read', 'Bash(npm test:*)']],
  [edit('/a'), ['Write']],
  [{ kind: 'think', title: 'Think', paths: [] }, []],
  [{ kind: 'other', title: 'Deploy', paths: [] }, ['Deploy']],
])('allowed: %j by %j', (use, allow) => {
  expect(isAllowed(use, allow)).toBe(true);
});

test.each([
  [shell('npm test'), ['Read', 'Edit']],
  [shell('npm test -- --watch'), ['Bash(npm test)']],
  [shell('npm tests'), ['Bash(npm test:*)']],
  [shell('npm test; rm -rf /'), ['Bash(npm test:*)']],
  [shell('npm test && rm -rf /'), ['Bash(npm test:*)']],
  [shell('npm test $(rm -rf /)'), ['Bash(npm test:*)']],
  [shell('npm test\nrm -rf /'), ['Bash(npm test:*)']],
  [{ kind: 'execute', title: 'Terminal', paths: [] }, ['Bash(npm test:*)']],
  [{ kind: 'fetch', title: 'Fetch', paths: [] }, ['Bash', 'Edit']],
])('refused: %j by %j', (use, allow) => {
  expect(isAllowed(use, allow)).toBe(false);
});

test('a planning turn reads, and writes below its own directory alone', () => {
  const own = '/w/.coppice';
  expect(mayPlan({ kind: 'read', title: 'Read', paths: ['/etc/passwd'] }, own)).toBe(true);
  expect(mayPlan(edit('/w/.coppice/plan.md'), own)).toBe(true);
  for (const use of [
    edit('/w/.coppice/plan.md', '/w/a'),
    edit('/w/.coppice/../a'),
    edit(),
    shell('ls'),
  ])
    expect(mayPlan(use, own)).toBe(false);
});

test('what was refused is told in the words of a rule', () => {
  expect(asRule(shell('npm test'))).toBe('Bash(npm test)');
  expect(asRule(edit('/a'))).toBe('Edit(/a)');
  expect(asRule({ kind: 'other', title: 'Deploy', paths: [] })).toBe('Deploy');
});
