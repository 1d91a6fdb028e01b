import type { Overlap } from '../domain/overlap.ts';
import { MANY_WORKERS } from '../domain/recommendation.ts';
import { oneLine } from '../domain/text.ts';
import type { Draft } from '../planning/draft.ts';
import type { Decisions } from '../planning/finish.ts';
import type { Questions } from './questions.ts';

const line = (text: string): string => oneLine(text, 110);

/** Which of the issues left out the person wants all the same. */
export async function askIncluded({ leftOut }: Draft, questions: Questions): Promise<Set<number>> {
  const chosen = await questions.some(
    'These are not ready. Which shall run all the same?',
    leftOut.map(({ issue, title, readiness }) => ({
      label: line(`#${issue} ${title}`),
      hint: line(readiness.reasons.join('; ')),
    })),
    [],
  );
  return new Set(pick(leftOut, chosen).map(({ issue }) => issue));
}

/** Which weak overlaps the person wants kept apart, one issue after the other. */
export async function askSeparated({ weak }: Draft, questions: Questions): Promise<Overlap[]> {
  if (weak.length === 0) return [];
  const chosen = await questions.some(
    'These may touch the same files. Which shall go one after the other?',
    weak.map(({ a, b, score, evidence }) => ({
      label: `#${a} and #${b} (${score})`,
      hint: line(evidence),
    })),
    [],
  );
  return pick(weak, chosen);
}

/** Which cautions stay, and how many workers there shall be. */
export async function askRest(
  { issues, workers, waves }: Draft,
  questions: Questions,
): Promise<Pick<Decisions, 'lifted' | 'workers'>> {
  const cautious = issues.filter(({ cautions }) => cautions.length > 0);
  const kept =
    cautious.length === 0
      ? []
      : await questions.some(
          'Which shall stop for your approval after planning?',
          cautious.map(({ issue, title, cautions }) => ({
            label: line(`#${issue} ${title}`),
            hint: line(cautions.join('; ')),
          })),
          cautious.map((_, index) => index),
        );
  const stops = new Set(pick(cautious, kept));
  const width = Math.max(1, ...waves.map((wave) => wave.length));
  const most = Math.min(width, MANY_WORKERS);
  const numbers = [
    workers.workers,
    ...Array.from({ length: most }, (_, index) => index + 1).filter((n) => n !== workers.workers),
  ];
  const [chosen = workers.workers] =
    numbers.length === 1
      ? []
      : pick(numbers, [
          await questions.one(
            'How many agents at a time?',
            numbers.map((number) => ({
              label: String(number),
              ...(number === workers.workers && { hint: `proposed: ${workers.reason}` }),
            })),
          ),
        ]);
  return {
    lifted: new Set(cautious.filter((issue) => !stops.has(issue)).map(({ issue }) => issue)),
    workers: chosen,
  };
}

const pick = <T>(items: readonly T[], indices: readonly number[]): T[] =>
  items.filter((_, index) => indices.includes(index));
