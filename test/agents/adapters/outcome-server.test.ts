import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { readReport } from '../../../src/agents/adapters/report.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const SERVER = fileURLToPath(
  new URL('../../../src/agents/adapters/outcome-server.ts', import.meta.url),
);

/** The server of a worktree, after its opening; `ask` sends a request and returns its result. */
async function serve() {
  const worktree = temporaryDirectory('worktree');
  mkdirSync(join(worktree, '.coppice'));
  const child = spawn(process.execPath, [SERVER, worktree], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let id = 0;
  const ask = async (method: string, params: object) => {
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: ++id, method, params })}\n`);
    const line = await lines.next();
    return JSON.parse(line.value ?? '').result;
  };
  const clientInfo = { name: 'test', version: '0' };
  await ask('initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo });
  const call = (name: string, args: object) => ask('tools/call', { name, arguments: args });
  return { worktree, child, ask, call, file: join(worktree, '.coppice/outcome.json') };
}

test('an agent is offered two tools, to be done and to ask', async () => {
  const { ask } = await serve();
  const { tools } = await ask('tools/list', {});
  expect(tools.map(({ name }: { name: string }) => name)).toEqual(['report_outcome', 'ask_person']);
  expect(tools[1].inputSchema).toMatchObject({
    required: ['decision'],
    properties: {
      decision: { description: expect.stringContaining('one question') },
      options: { items: { anyOf: [{ type: 'string' }, { required: ['label'] }] } },
    },
  });
});

test('what it says with them is read as its report, the last word counts', async () => {
  const { call, worktree } = await serve();
  const options = ['hello', { label: 'goodbye', consequence: 'it ends', recommended: true }];
  await call('ask_person', { decision: 'Hello or goodbye?', options });
  expect(readReport(worktree, '')).toEqual({
    ...{ kind: 'stuck', decision: 'Hello or goodbye?', context: '' },
    options: [
      { label: 'hello', consequence: '', recommended: false },
      { label: 'goodbye', consequence: 'it ends', recommended: true },
    ],
  });
  const replies = [{ to: 'comment:12', text: 'changed' }];
  await call('report_outcome', { summary: 'Says hello.', replies });
  expect(readReport(worktree, '')).toEqual({ kind: 'done', summary: 'Says hello.', replies });
});

test('what is no report is refused in words, and nothing is written', async () => {
  const { call, file } = await serve();
  expect(await call('ask_person', { question: 'Hello?' })).toMatchObject({
    isError: true,
    content: [{ text: expect.stringContaining('decision') }],
  });
  await call('report_outcome', { summary: 'x'.repeat(2_001) });
  expect(existsSync(file)).toBe(false);
});

test('a link in the outcome’s place is replaced, not followed', async () => {
  const { call, file, worktree } = await serve();
  const elsewhere = join(worktree, 'elsewhere');
  symlinkSync(elsewhere, file);
  await call('report_outcome', { summary: 'Says hello.' });
  expect(lstatSync(file).isFile()).toBe(true);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ kind: 'done', summary: 'Says hello.' });
  expect(existsSync(elsewhere)).toBe(false);
});

test('it ends with the agent', async () => {
  const { child } = await serve();
  child.stdin.end();
  expect(await once(child, 'exit')).toEqual([0, null]);
});
