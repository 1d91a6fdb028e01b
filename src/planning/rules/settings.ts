import { z } from 'zod';
import { APART } from '../../domain/run/overlap.ts';
import { DEFAULT_AREAS, DEFAULT_QUESTIONS } from './default-areas.ts';

/** A regular expression, which ignores case. */
const Pattern = z.string().min(1).max(500).refine(isPattern, 'is not a regular expression');

function isPattern(text: string): boolean {
  try {
    new RegExp(text, 'i');
    return true;
  } catch {
    return false;
  }
}

/** Signs that an issue touches an area in which a person wants to approve plans. */
const Area = z.strictObject({
  labels: z.array(z.string().min(1)).default([]),
  paths: z.array(Pattern).default([]),
  text: z.array(Pattern).default([]),
  unless: z.array(Pattern).default([]).describe('Sentences in which `text` does not count'),
});
export type Area = z.infer<typeof Area>;

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
    .default([
      'blocked',
      'on-hold',
      'waiting',
      'wontfix',
      'won’t fix',
      'duplicate',
      'invalid',
      'not-planned',
    ])
    .describe('Labels of issues that must not be worked on now'),
  questions: z
    .array(Pattern)
    .default(DEFAULT_QUESTIONS)
    .describe('Patterns that show that an issue is not decided yet'),
  minimumText: z
    .int()
    .min(0)
    .max(10_000)
    .default(30)
    .describe(
      'An issue with less text than this needs discussion. The text of its template does not count; a character of a script such as Japanese counts as three',
    ),
  criteria: z
    .enum(['ignore', 'note', 'discuss'])
    .default('note')
    .describe(
      'How an issue without acceptance criteria is treated: nothing, a note, or a discussion first',
    ),
  areas: Areas.default(Areas.parse(DEFAULT_AREAS)).describe(
    'Sensitive areas, found by labels, paths and text. A person must approve the plan of a session that works in one',
  ),
  overlap: z
    .strictObject({
      strong: Score.default(APART).describe(
        'Score from which two issues are not worked on at the same time, if the texts of both lead to the file',
      ),
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
