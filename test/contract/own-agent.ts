#!/usr/bin/env node
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/*
 * An agent such as a person may write for the `command` adapter: a model, a shell, and a conversation that is remembered
 * in the home.
 */

type Block = { readonly type: string } & Readonly<Record<string, unknown>>;
type Message = { readonly role: string; readonly content: string | readonly Block[] };

const memory = join(homedir(), '.own-agent');
const file = join(memory, `${process.env.COPPICE_CONVERSATION}.json`);
mkdirSync(memory, { recursive: true });
// It may have been killed before it remembered anything.
const known = process.env.COPPICE_RESUME === '1' && existsSync(file);
const messages: Message[] = known ? JSON.parse(readFileSync(file, 'utf8')) : [];

const BASH = {
  name: 'bash',
  input_schema: { type: 'object', properties: { command: { type: 'string' } } },
};

function remember(...said: readonly Message[]): void {
  messages.push(...said);
  writeFileSync(`${file}.new`, JSON.stringify(messages));
  renameSync(`${file}.new`, file);
}

async function ask(): Promise<readonly Block[]> {
  const response = await fetch(`${process.env.MODEL_URL}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'own', max_tokens: 1_000, tools: [BASH], messages }),
  });
  if (!response.ok) throw new Error(`the model answers ${response.status}`);
  return ((await response.json()) as { readonly content: readonly Block[] }).content;
}

const shell = (command: string): Promise<string> =>
  new Promise((resolve) => {
    execFile('sh', ['-c', command], (_, stdout, stderr) => resolve(stdout + stderr));
  });

remember({ role: 'user', content: await text(process.stdin) });
for (;;) {
  const content = await ask();
  const calls = content.filter(({ type }) => type === 'tool_use');
  if (calls.length === 0) break;
  const results: Block[] = [];
  for (const { id, input } of calls) {
    const { command } = input as { readonly command: string };
    console.log(`$ ${command}`);
    results.push({ type: 'tool_result', tool_use_id: id, content: await shell(command) });
  }
  remember({ role: 'assistant', content }, { role: 'user', content: results });
}
