import { z } from 'zod';
import { hasEnded, type SessionReport } from '../session/reports.ts';
import { IssueNumber } from '../shared/issue.ts';

const Probability = z.number().min(0).max(1);

const FilePath = z.string().min(1).max(300);

/** Files that work on an issue will probably change, each with how probable that is. */
export const LikelyChanges = z.record(FilePath, Probability);
export type LikelyChanges = z.infer<typeof LikelyChanges>;

/** Other issues, by number, each with the probability that work on both changes a file in common. */
export const SlightOverlaps = z.record(z.string().regex(/^[1-9]\d*$/), Probability);
export type SlightOverlaps = z.infer<typeof SlightOverlaps>;

/** Two issues that have no order and will probably change the same files. */
export const PlannedOverlap = z.strictObject({
  issues: z.tuple([IssueNumber, IssueNumber]),
  /** The probability that they change a file in common. */
  score: Probability,
  /** The files that count most. */
  files: z.array(FilePath).max(3).default([]),
  /** Whether they must not be worked on at the same time. */
  apart: z.boolean().default(false),
});
export type PlannedOverlap = z.infer<typeof PlannedOverlap>;

/** From this probability on two issues are not worked on at the same time. */
export const APART = 0.6;

/** What tells of two issues: more files in common make it no surer. */
const MOST_FILES = 3;

/** The probability that at least one of several files is changed by both, from those of each. */
export const combined = (probabilities: readonly number[]): number =>
  1 -
  probabilities
    .toSorted((a, b) => b - a)
    .slice(0, MOST_FILES)
    .reduce((none, probability) => none * (1 - probability), 1);

/** What an issue that has not started has in common with one under way. */
export interface Collision {
  /** The issue under way. */
  readonly issue: number;
  readonly score: number;
  /** The file that counts most; absent where only the overlap is known. */
  readonly file?: string | undefined;
  /** Whether the file was changed already, or will only probably be. */
  readonly changed: boolean;
  /** Whether the two must not be worked on at the same time. */
  readonly apart: boolean;
}

/** An issue as far as it matters here. */
interface Entry {
  readonly issue: number;
  readonly after: readonly number[];
  readonly files?: LikelyChanges | undefined;
  readonly slightOverlaps?: SlightOverlaps | undefined;
}

/** Tells which issues get in each other's way: by what sessions changed where that is known, else by the plan. */
export class Collisions {
  readonly #entries: ReadonlyMap<number, Entry>;
  readonly #planned: ReadonlyMap<string, PlannedOverlap>;
  readonly #sessions: ReadonlyMap<number, SessionReport>;

  constructor(
    issues: readonly Entry[],
    planned: readonly PlannedOverlap[],
    sessions: ReadonlyMap<number, SessionReport>,
  ) {
    this.#entries = new Map(issues.map((entry) => [entry.issue, entry]));
    this.#planned = new Map(planned.map((overlap) => [keyOf(...overlap.issues), overlap]));
    this.#sessions = sessions;
  }

  /** With the sessions that are open, those the issue comes after aside: their changes it builds on. */
  withOpen(entry: Entry): Collision[] {
    const before = this.#before(entry);
    return [...this.#sessions.values()]
      .filter((session) => !hasEnded(session) && !before.has(session.issue))
      .flatMap((session) => this.between(entry, session.issue) ?? []);
  }

  /** With another issue, whose session is open or about to start. */
  between(entry: Entry, other: number): Collision | undefined {
    const { issue, files } = entry;
    const planned = this.#planned.get(keyOf(issue, other));
    const changes = this.#sessions.get(other)?.changes ?? [];
    // An overlap without files is somebody's word, which no file disproves.
    if (changes.length === 0 || !files || (planned && planned.files.length === 0))
      return planned
        ? {
            ...{ issue: other, score: planned.score, file: planned.files[0] },
            ...{ changed: false, apart: planned.apart },
          }
        : this.#slight(entry, other);
    const shared = changes
      .flatMap((file) => (Object.hasOwn(files, file) ? { file, probable: files[file] ?? 0 } : []))
      .sort((a, b) => b.probable - a.probable);
    const score = combined(shared.map(({ probable }) => probable));
    return score === 0
      ? undefined
      : { issue: other, score, file: shared[0]?.file, changed: true, apart: score >= APART };
  }

  /** A slight overlap, which may stand with either of the two. */
  #slight({ issue, slightOverlaps }: Entry, other: number): Collision | undefined {
    const score = slightOverlaps?.[other] ?? this.#entries.get(other)?.slightOverlaps?.[issue];
    return score === undefined ? undefined : { issue: other, score, changed: false, apart: false };
  }

  /** All that the issue comes after, directly or by way of others. */
  #before(entry: Entry): ReadonlySet<number> {
    const found = new Set<number>();
    const pending = [...entry.after];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (found.has(next)) continue;
      found.add(next);
      pending.push(...(this.#entries.get(next)?.after ?? []));
    }
    return found;
  }
}

const keyOf = (a: number, b: number): string => (a < b ? `${a} ${b}` : `${b} ${a}`);

/** The one that keeps an issue from starting now: work under way on the same files. */
export const keptApartBy = (
  collisions: readonly Collision[],
  sessions: ReadonlyMap<number, SessionReport>,
): Collision | undefined =>
  collisions.find(({ issue, apart }) => apart && sessions.get(issue)?.atWork === true);

/** `#126 changes src/auth/service.js` */
export const collisionText = ({ issue, file, changed }: Collision): string =>
  `#${issue} ${changed ? 'changes' : 'probably changes'} ${file ?? 'the same files'}`;
