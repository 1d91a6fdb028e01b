import { expect, test } from 'vitest';
import { watch } from '../../../src/cli/terminal/watch.ts';
import { recordingTerminal } from '../../support/cli.ts';

/** Shows the frames one after the other, and ends with the last. */
async function watchFrames(frames: readonly string[], isTTY: boolean) {
  const recording = recordingTerminal('', isTTY);
  let shown = 0;
  let end = () => {};
  const until = new Promise<void>((resolve) => {
    end = resolve;
  });
  await watch(
    recording.terminal,
    async () => {
      shown++;
      if (shown >= frames.length) end();
      return frames[Math.min(shown, frames.length) - 1] ?? '';
    },
    until,
  );
  return recording;
}

test('on a screen every frame is drawn over the last', async () => {
  const { frames, out } = await watchFrames(['one', 'two'], true);
  expect(frames).toEqual(['one', 'two', 'two']);
  expect(out).toEqual([]);
});

test('elsewhere only blocks that changed are printed, and growing older is no change', async () => {
  const { out, frames } = await watchFrames(
    [
      'Active (2):\n\n[*] #1 - WORKING (59s) - a\n    Files changed: 1\n\n[*] #2 - WORKING (1h 5m) - b',
      'Active (2):\n\n[*] #1 - WORKING (1m) - a\n    Files changed: 2\n\n[*] #2 - WORKING (1h 6m) - b',
    ],
    false,
  );
  expect(frames).toEqual([]);
  expect(out).toEqual([
    'Active (2):',
    '[*] #1 - WORKING (59s) - a\n    Files changed: 1',
    '[*] #2 - WORKING (1h 5m) - b',
    '[*] #1 - WORKING (1m) - a\n    Files changed: 2',
  ]);
});

test('what ends with an error ends the watching too', async () => {
  const { terminal, out } = recordingTerminal();
  const failing = Promise.reject(new Error('lost'));
  await watch(terminal, async () => 'frame', failing);
  expect(out).toEqual(['frame']);
});
