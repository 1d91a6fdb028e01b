import { readFileSync } from 'node:fs';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';

const FILE = '.coppice/scripted-agent.json';

/**
 * What the agent remembers of its conversation, kept in the worktree: a step is remembered when its effect is there, so
 * that an agent killed at any moment repeats at most one step, and every step bears repeating.
 */
const Memory = z.object({
  /** Steps behind it. */
  passed: z.int().nonnegative(),
  /** Guidance given so far, oldest first. */
  answers: z.array(z.string()),
  /** Its turns on feedback, and the steps behind it in the last of them. */
  feedback: z
    .object({ turns: z.array(z.string()), passed: z.int().nonnegative() })
    .default({ turns: [], passed: 0 }),
});
export type Memory = z.infer<typeof Memory>;

export function recall(): Memory {
  try {
    return Memory.parse(JSON.parse(readFileSync(FILE, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      return Memory.parse({ passed: 0, answers: [] });
    throw error;
  }
}

export const remember = (news: Partial<Memory>): Promise<void> =>
  writeFileAtomic(FILE, JSON.stringify({ ...recall(), ...news }));
