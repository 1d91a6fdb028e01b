import { Chalk } from 'chalk';
import { plainLines } from '../../domain/shared/text.ts';
import type { Context } from '../context.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** What a tool answers to the model of the chat. */
export interface ToolResult {
  // The SDK's type has an index signature.
  [key: string]: unknown;
  content: { type: 'text'; text: string }[];
  isError?: boolean;
}

/** What one answer may hold, in characters: a chat's model reads all of it. */
const MOST = 60_000;

/** Which part of a text that is too long is kept. */
type Kept = 'beginning' | 'end' | 'all';

/** Runs a command line of Coppice, and answers what it printed, warnings apart. It has nobody to ask. */
export async function runCommand(
  context: Pick<Context, 'run'>,
  args: readonly string[],
  kept: Kept = 'beginning',
): Promise<ToolResult> {
  const out: string[] = [];
  const err: string[] = [];
  const exitCode = await context.run(args, recordingTerminal(out, err));
  const printed = [out, err].map((lines) => lines.join('\n')).filter((text) => text.trim() !== '');
  return toolResult(printed, { isError: exitCode !== 0, kept });
}

/** Texts as a tool's answer, without anything that a terminal would obey. */
export function toolResult(
  texts: readonly string[],
  { isError = false, kept = 'beginning' }: { isError?: boolean; kept?: Kept } = {},
): ToolResult {
  const shown = texts.length === 0 ? ['There is nothing.'] : texts;
  const content = shown.map((text) => ({
    type: 'text' as const,
    text: cut(plainLines(text), kept),
  }));
  return { content, ...(isError && { isError }) };
}

function cut(text: string, kept: Kept): string {
  if (text.length <= MOST || kept === 'all') return text;
  const left = `(${text.length - MOST} characters more are left out)`;
  return kept === 'end' ? `${left}\n${text.slice(-MOST)}` : `${text.slice(0, MOST)}\n${left}`;
}

const recordingTerminal = (out: string[], err: string[]): Terminal => ({
  isTTY: false,
  columns: 120,
  color: new Chalk({ level: 0 }),
  out: (text) => out.push(text),
  err: (text) => err.push(text),
  redraw: async () => {},
  readInput: async () => '',
  readLine: async () => undefined,
  takeInterrupts: () => {},
});
