import { oneLine } from '../../domain/shared/text.ts';
import { type Draft, MOST_TOLD } from '../../planning/draft.ts';
import type { Overlap } from '../../planning/rules/overlap.ts';
import { MANY_WORKERS } from '../../planning/rules/recommendation.ts';
import type { Dependency } from '../../planning/rules/survey.ts';
import type { Questions } from '../terminal/questions.ts';

const line = (text: string): string => oneLine(text, 110);

/** Asks which of the issues that are not ready to run anyway. */
export async function askIncluded({ leftOut }: Draft, questions: Questions): Promise<Set<number>> {
  const chosen = await questions.some(
    'These issues are not ready. Which ones do you want to run anyway?',
    leftOut.map(({ issue, title, readiness }) => ({
      label: line(`#${issue} ${title}`),
      hint: line(readiness.reasons.join('; ')),
    })),
    [],
  );
  return new Set(pick(leftOut, chosen).map(({ issue }) => issue));
}

/** Asks which orders to keep that a text only hints at. */
export async function askConfirmed(
  { doubtful }: Draft,
  questions: Questions,
): Promise<Dependency[]> {
  if (doubtful.length === 0) return [];
  const chosen = await questions.some(
    'These may depend on each other. Which shall go one after the other?',
    doubtful.map(({ of, issue, evidence }) => ({
      label: `#${of} after #${issue}`,
      hint: line(evidence ?? ''),
    })),
    [],
  );
  return pick(doubtful, chosen).map((dependency) => ({ ...dependency, source: 'person' }));
}

/** Which of the strongest overlaps the person wants kept apart, one issue after the other. */
export async function askSeparated({ overlaps }: Draft, questions: Questions): Promise<Overlap[]> {
  const strongest = overlaps.slice(0, MOST_TOLD);
  if (strongest.length === 0) return [];
  const chosen = await questions.some(
    'These issues may change the same files. Which ones do you want to run one after the other?',
    strongest.map(({ a, b, score, evidence }) => ({
      label: `#${a} and #${b} (${score})`,
      hint: line(evidence),
    })),
    [],
  );
  return pick(strongest, chosen);
}

/** Asks which cautions to lift. @returns their issues */
export async function askLifted({ issues }: Draft, questions: Questions): Promise<Set<number>> {
  const cautious = issues.filter(({ cautions }) => cautions.length > 0);
  if (cautious.length === 0) return new Set();
  const kept = await questions.some(
    'Which issues must wait for your approval after planning?',
    cautious.map(({ issue, title, cautions }) => ({
      label: line(`#${issue} ${title}`),
      hint: line(cautions.join('; ')),
    })),
    [...cautious.keys()],
  );
  const stops = new Set(pick(cautious, kept));
  return new Set(cautious.filter((issue) => !stops.has(issue)).map(({ issue }) => issue));
}

/** Asks how many sessions may have an agent at work at once. The recommendation is the first choice. */
export async function askConcurrency(
  { concurrency: { value, reason }, waves }: Draft,
  questions: Questions,
): Promise<number> {
  const most = Math.min(MANY_WORKERS, Math.max(1, ...waves.map((wave) => wave.length)));
  const others = Array.from({ length: most }, (_, index) => index + 1);
  const numbers = [value, ...others.filter((number) => number !== value)];
  if (numbers.length === 1) return value;
  const chosen = await questions.one(
    'How many agents may work at once?',
    numbers.map((number) => ({
      label: String(number),
      ...(number === value && { hint: `proposed: ${reason}` }),
    })),
  );
  return numbers[chosen] ?? value;
}

const pick = <T>(items: readonly T[], indices: readonly number[]): T[] =>
  items.filter((_, index) => indices.includes(index));
