import type { RepositoryName } from '../domain/shared/repository.ts';
import { oneLine } from '../domain/shared/text.ts';
import type { Draft } from './draft.ts';
import type { PlanFile } from './plan-file/plan-file.ts';

/** What a person decided about a draft. */
export interface Decisions {
  /** Issues whose caution was lifted. */
  readonly lifted: ReadonlySet<number>;
  /** Issues that were included against what speaks against them. */
  readonly included: ReadonlySet<number>;
  /** Sessions at work; the recommendation when absent. */
  readonly concurrency?: number;
}

export const NO_DECISIONS: Decisions = { lifted: new Set(), included: new Set() };

/** Lines of plan.yaml hold this much. */
const LONGEST = 2_000;

/** The plan that a draft becomes by a person's decisions, which stay in it as notes. */
export function finishPlan(
  draft: Draft,
  { repository, base }: { readonly repository: RepositoryName; readonly base?: string | undefined },
  { lifted, included, concurrency }: Decisions,
): PlanFile {
  return {
    repository,
    ...(base !== undefined && { base }),
    workers: concurrency ?? draft.concurrency.value,
    issues: draft.issues.map(({ issue, readiness, after, cautions, notes }) => {
      const caution = oneLine(cautions.join('; '), LONGEST);
      const decided = [
        ...(lifted.has(issue) && caution !== '' ? [`you lifted its caution: ${caution}`] : []),
        ...(included.has(issue)
          ? [`you included it, in spite of: ${readiness.reasons.join('; ')}`]
          : []),
      ];
      return {
        issue,
        after: after.map((edge) => ({
          ...edge,
          ...(edge.evidence !== undefined && { evidence: oneLine(edge.evidence, LONGEST) }),
        })),
        ...(caution !== '' && !lifted.has(issue) && { caution }),
        notes: [...decided, ...notes].map((note) => oneLine(note, LONGEST)),
      };
    }),
    leftOut: draft.leftOut.map(({ issue, readiness }) => ({
      issue,
      reason: oneLine(readiness.reasons.join('; '), LONGEST),
    })),
  };
}
