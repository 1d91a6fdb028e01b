import { setTimeout as sleep } from 'node:timers/promises';
import { Interrupted } from '../errors.ts';
import type { Terminal } from './terminal.ts';

/** How often the board is read again, in milliseconds. */
const INTERVAL = 1_000;

/**
 * Shows `frame()` again and again until `until` settles, and once more then: drawn over on a TTY; otherwise only the
 * blocks that changed, where a change of age alone is none. Nothing is shown any more once the person has interrupted it (`Interrupted`).
 */
export async function watch(
  terminal: Terminal,
  frame: () => Promise<string>,
  until: Promise<unknown> = new Promise(() => {}),
): Promise<void> {
  const show = terminal.isTTY ? terminal.redraw : changesOnly(terminal.out);
  const stop = new AbortController();
  let over = false;
  let left = false;
  const end = (reason?: unknown) => {
    over = true;
    left = reason instanceof Interrupted;
    stop.abort();
  };
  const draw = async () => {
    const text = await frame();
    if (!left) await show(text);
  };
  until.then(() => end(), end);
  while (!over) {
    await draw();
    await sleep(INTERVAL, undefined, { signal: stop.signal }).catch(() => {});
  }
  if (!left) await draw();
}

const AGE = /\((\d+[smhd] ?)+\)|\d+[smhd]( \d+[smhd])? ago/g;

export function changesOnly(print: (text: string) => void): (text: string) => Promise<void> {
  let known = new Set<string>();
  return async (text) => {
    const blocks = text.split('\n\n').map((block) => ({ block, key: block.replace(AGE, '') }));
    for (const { block, key } of blocks) if (!known.has(key)) print(block);
    known = new Set(blocks.map(({ key }) => key));
  };
}
