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
      description:
        'Untracked files that are copied into each worktree; patterns may contain * and **',
      examples: [['.env', 'config/*.local.json']],
    }),
  link: z
    .array(Pattern)
    .default([])
    .meta({
      description: 'Untracked files and directories that are linked into each worktree',
      examples: [['fixtures/large']],
    }),
});
export type WorktreeFiles = z.infer<typeof WorktreeFiles>;
