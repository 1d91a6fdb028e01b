import type { LikelyChanges } from '../domain/run/overlap.ts';
import type { RepositoryName } from '../domain/shared/repository.ts';
import { oneLine } from '../domain/shared/text.ts';
import type { Draft } from './draft.ts';
import type { PlanFile } from './plan-file/plan-file.ts';
import type { LikelyFile } from './rules/likely-files.ts';

/** What a person decided about a draft. */
export interface Decisions {
  /** Issues whose caution was lifted. */
  readonly lifted: ReadonlySet<number>;
  /** Issues that a person included although they are not ready. */
  readonly included: ReadonlySet<number>;
  /** The concurrency; Coppice's recommendation when absent. */
  readonly concurrency?: number;
}

export const NO_DECISIONS: Decisions = { lifted: new Set(), included: new Set() };

/** The longest note in plan.yaml, in characters. */
const LONGEST = 2_000;

/** How many overlaps a plan has at most: the strongest ones. */
const MOST_OVERLAPS = 2_000;

/**
 * How many likely files a plan has at most, for all issues together and for one. A run compares them with the
 * files that sessions change.
 */
const MOST_FILES = 5_000;
const MOST_FILES_OF_ONE = 8;

/** Slight overlaps of all issues together. */
const MOST_SLIGHT = 8_000;

/** Files with a lower probability are not written into the plan. */
const LEAST_WEIGHT = 0.15;

const rounded = (probability: number): number => Math.round(probability * 100) / 100;

/** What of an issue's likely files a run is started with: the surest, at most `most`. */
export function likelyChanges(
  files: readonly LikelyFile[],
  most = MOST_FILES_OF_ONE,
): LikelyChanges {
  return Object.fromEntries(
    files
      .filter(({ weight }) => weight >= LEAST_WEIGHT)
      .slice(0, most)
      .map(({ path, weight }) => [path, rounded(weight)]),
  );
}

/** Makes the plan from a draft and a person's decisions. The decisions stay in the plan as notes. */
export function finishPlan(
  draft: Draft,
  { repository, base }: { readonly repository: RepositoryName; readonly base?: string | undefined },
  { lifted, included, concurrency }: Decisions,
): PlanFile {
  const share = Math.floor(MOST_FILES / Math.max(1, draft.issues.length));
  const most = Math.min(MOST_FILES_OF_ONE, Math.max(1, share));
  const mostSlight = Math.floor(MOST_SLIGHT / Math.max(1, draft.issues.length));
  return {
    repository,
    ...(base !== undefined && { base }),
    workers: concurrency ?? draft.concurrency.value,
    issues: draft.issues.map(
      ({ issue, readiness, after, cautions, notes, files, slightOverlaps }) => {
        const caution = oneLine(cautions.join('; '), LONGEST);
        const decided = [
          ...(lifted.has(issue) && caution !== '' ? [`you lifted its caution: ${caution}`] : []),
          ...(included.has(issue)
            ? [`you included it, in spite of: ${readiness.reasons.join('; ')}`]
            : []),
        ];
        const changes = likelyChanges(files, most);
        const slight = Object.fromEntries([...slightOverlaps].slice(0, mostSlight));
        return {
          issue,
          after: after.map((edge) => ({
            ...edge,
            ...(edge.evidence !== undefined && { evidence: oneLine(edge.evidence, LONGEST) }),
          })),
          ...(caution !== '' && !lifted.has(issue) && { caution }),
          ...(Object.keys(changes).length > 0 && { files: changes }),
          ...(Object.keys(slight).length > 0 && { slightOverlaps: slight }),
          notes: [...decided, ...notes].map((note) => oneLine(note, LONGEST)),
        };
      },
    ),
    overlaps: draft.overlaps.slice(0, MOST_OVERLAPS).map(({ a, b, score, files, apart }) => ({
      ...{ issues: [a, b] as [number, number], score, files: [...files], apart },
    })),
    leftOut: draft.leftOut.map(({ issue, readiness }) => ({
      issue,
      reason: oneLine(readiness.reasons.join('; '), LONGEST),
    })),
  };
}
