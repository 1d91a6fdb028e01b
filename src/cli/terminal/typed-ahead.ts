import { setTimeout as sleep } from 'node:timers/promises';
import { Interrupted } from '../errors.ts';

/** How long to wait for input that was typed ahead, in milliseconds. */
const MOMENT = 50;

const CTRL_C = 3;

/** As much of a terminal's input as is needed to empty it. */
export interface TypedInput {
  readonly isTTY?: boolean;
  setRawMode?(raw: boolean): unknown;
  on(event: 'data', heard: (data: Buffer | string) => void): unknown;
  off(event: 'data', heard: (data: Buffer | string) => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

/**
 * Drops what was typed before a question appeared. It can't be meant for the question, and an Enter would move its selection.
 * @throws Interrupted at a Ctrl-C among it
 */
export async function dropTypedAhead(input: TypedInput): Promise<void> {
  if (input.isTTY !== true) return;
  let left = false;
  const drop = (data: Buffer | string) => {
    left ||= Buffer.from(data).includes(CTRL_C);
  };
  input.setRawMode?.(true);
  input.on('data', drop);
  input.resume();
  await sleep(MOMENT);
  input.off('data', drop);
  input.pause();
  input.setRawMode?.(false);
  if (left) throw new Interrupted();
}
