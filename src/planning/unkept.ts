import { sourceText } from './rules/order.ts';
import type { Survey } from './rules/survey.ts';

/** An order that was found, but is not in the plan. */
export interface Unkept {
  readonly issue: number;
  /** The order, and why it is not in the plan, in one line. */
  readonly text: string;
}

/**
 * Dependencies on issues outside the plan, which a person would not see otherwise. Issues that are left out
 * have their own reason.
 */
export function leadingOut(survey: Survey): Unkept[] {
  const planned = new Set(survey.issues.map(({ number }) => number));
  const out = survey.dependencies
    // A finished sub-issue is not worth reporting.
    .filter(
      ({ of, issue, source }) => planned.has(of) && !planned.has(issue) && source !== 'sub-issue',
    )
    .flatMap((dependency): Unkept[] => {
      const { of, issue } = dependency;
      const other = survey.others.get(issue);
      const text = `#${of} after #${issue} (${sourceText(dependency)})`;
      if (!other)
        return [
          { issue: of, text: `${text}: there is no #${issue}, or the GitHub token may not see it` },
        ];
      if (other.state === 'open') return [];
      const what = other.isPullRequest ? `pull request #${issue}` : `#${issue}`;
      return [{ issue: of, text: `${text}: ${what} is closed already` }];
    });
  const foreign = survey.issues.flatMap(({ number: issue }) =>
    (survey.notes.get(issue) ?? []).map((note) => ({ issue, text: `#${issue}: ${note}` })),
  );
  return [...out, ...foreign];
}
