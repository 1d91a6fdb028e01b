import { z } from 'zod';

const Pattern = z
  .string()
  .regex(
    /^(?![/:])(?!(?:.*\/)?\.\.(?:\/|$))(?!\.git(?:\/|$))[^\0]+$/,
    'is not a path below the checkout: write it without a leading / and without ..',
  );

/** Files of the person's checkout that git does not have and every worktree needs. */
export const WorktreeFiles = z.strictObject({
  copy: z
    .array(Pattern)
    .default([])
    .meta({
      description: 'Untracked files that each worktree gets a copy of; * and ** are understood',
      examples: [['.env', 'config/*.local.json']],
    }),
  link: z
    .array(Pattern)
    .default([])
    .meta({
      description: 'Untracked files and directories that each worktree gets a link to',
      examples: [['fixtures/large']],
    }),
});
export type WorktreeFiles = z.infer<typeof WorktreeFiles>;
