import { z } from 'zod';

/** A regular expression, matched in capitals and small letters alike. */
const Pattern = z.string().min(1).max(500).refine(isPattern, 'is not a regular expression');

function isPattern(text: string): boolean {
  try {
    new RegExp(text, 'i');
    return true;
  } catch {
    return false;
  }
}

/** What tells that an issue touches an area where a person wants a say. */
const Area = z.strictObject({
  labels: z.array(z.string().min(1)).default([]),
  paths: z.array(Pattern).default([]),
  text: z.array(Pattern).default([]),
});
export type Area = z.infer<typeof Area>;

const AREAS: z.input<typeof Areas> = {
  security: {
    labels: ['security'],
    paths: ['\\b(auth|security|crypto|permissions?)\\b'],
    text: [
      '\\bsecur(e|ity)\\b',
      '\\bvulnerab',
      '\\bpasswords?\\b',
      '\\bcredentials?\\b',
      '\\bencrypt',
      '\\b(xss|csrf|sso|oauth)\\b',
    ],
  },
  performance: {
    labels: ['performance'],
    text: ['\\bperformance\\b', '\\blatency\\b', '\\bmemory leak', '\\bthroughput\\b'],
  },
  migrations: {
    labels: ['migration', 'database'],
    paths: ['\\bmigrations?/'],
    text: ['\\b(data|schema|database) migrations?\\b', '\\bbackfill'],
  },
  payments: {
    labels: ['payments', 'billing'],
    paths: ['\\b(payments?|billing|invoic\\w*)\\b'],
    text: ['\\bpayments?\\b', '\\bbilling\\b', '\\binvoic', '\\brefunds?\\b'],
  },
};
const Areas = z.record(z.string().regex(/^[\w -]{1,40}$/), Area);

const Score = z.number().positive().max(1);

/** How `coppice plan` judges issues. */
export const PlanningSettings = z.strictObject({
  discuss: z
    .array(z.string().min(1))
    .default(['needs-design', 'needs-discussion', 'needs-info', 'discussion', 'question', 'rfc'])
    .describe('Labels of issues that need discussion first'),
  blocked: z
    .array(z.string().min(1))
    .default(['blocked', 'on-hold', 'waiting'])
    .describe('Labels of issues that must not be worked on now'),
  questions: z
    .array(Pattern)
    .default([
      '^#+ *open questions?\\b',
      '\\bTBD\\b',
      '\\bto be (decided|discussed)\\b',
      '\\b(should|shall|could) we\\b[^.?\\n]*\\?',
      '\\bnot sure (if|how|whether|what)\\b',
    ])
    .describe('Patterns that show that an issue is not decided yet'),
  minimumText: z
    .int()
    .min(0)
    .max(10_000)
    .default(30)
    .describe('Characters of text below which an issue needs discussion'),
  criteria: z
    .enum(['ignore', 'note', 'discuss'])
    .default('note')
    .describe(
      'How an issue without acceptance criteria is treated: nothing, a note, or a discussion first',
    ),
  areas: Areas.default(Areas.parse(AREAS)).describe(
    'Sensitive areas, by labels, paths and text: a person must approve the plan of a session in one',
  ),
  overlap: z
    .strictObject({
      strong: Score.default(0.4).describe('Score from which an overlap is called probable'),
      weak: Score.default(0.15).describe('Score from which a likely overlap is mentioned'),
      commits: z
        .int()
        .min(0)
        .max(100_000)
        .default(5_000)
        .describe('How many recent commits show which files change together'),
    })
    .prefault({})
    .describe('Which issues will probably touch the same files'),
});
export type PlanningSettings = z.infer<typeof PlanningSettings>;
