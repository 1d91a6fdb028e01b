import { z } from 'zod';

/** Seconds as a person writes them in coppice.yaml: `90s`, `10m`, `2h`, or a number of seconds. */
const UNITS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;
const DURATION = 'seconds, or a number with s, m, h or d: 90s, 10m, 2h';
export const Duration = z
  .union(
    [z.number().positive(), z.string().regex(/^\d+(\.\d+)?[smhd]$/, `expected ${DURATION}`)],
    `expected ${DURATION}`,
  )
  .transform((value) =>
    typeof value === 'number'
      ? value
      : Number.parseFloat(value) * UNITS[value.slice(-1) as keyof typeof UNITS],
  )
  .describe(DURATION);

/** A name that contains `{issue}`, and may contain `{repo}`. */
export const template = (example: string) =>
  z
    .string()
    .regex(/\{issue\}/, 'must contain {issue}, so that every session has its own')
    .regex(
      /^(?!-)(?:[A-Za-z0-9._/-]|\{issue\}|\{repo\})+$/,
      `use letters, digits, . _ - / and {issue}, {repo}: ${example}`,
    );

/** A branch as git allows it (git-check-ref-format), and never something git would take for an option. */
export const BranchName = z
  .string()
  .max(255)
  .regex(
    /^(?![-/.])(?!.*(?:\.\.|\/\/|\/\.|@\{|\.lock(?:\/|$)))[^\s\p{Cc}~^:?*[\\]*[^\s\p{Cc}~^:?*[\\./]$/u,
    'is not a name git allows for a branch',
  );
