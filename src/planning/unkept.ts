import { sourceInWords } from './rules/order.ts';
import type { Survey } from './rules/survey.ts';

/** An order that was found, and that the plan does not have. */
export interface Unkept {
  readonly issue: number;
  /** Which and why, in one line. */
  readonly text: string;
}

/** Dependencies that lead out of what can be planned: a person would miss them otherwise. Issues that are left out have their own reason. */
export function leadingOut(survey: Survey): Unkept[] {
  const planned = new Set(survey.issues.map(({ number }) => number));
  const out = survey.dependencies
    // A finished part of an epic is nothing to report.
    .filter(
      ({ of, issue, source }) => planned.has(of) && !planned.has(issue) && source !== 'sub-issue',
    )
    .flatMap((dependency): Unkept[] => {
      const { of, issue } = dependency;
      const other = survey.others.get(issue);
      const text = `#${of} after #${issue} (${sourceInWords(dependency)})`;
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
