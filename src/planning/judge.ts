import { sourceText } from './rules/order.ts';
import { type Proposals, readinessOfAgent } from './rules/proposals.ts';
import { gathersOthers, type Readiness, readinessOf } from './rules/readiness.ts';
import type { PlanningSettings } from './rules/settings.ts';
import type { Survey, SurveyedIssue } from './rules/survey.ts';

/** The input for the decision whether issues can be worked on. */
export interface Judging {
  readonly survey: Survey;
  readonly settings: PlanningSettings;
  /** Issues that the person wants to run although they are not ready. */
  readonly included: ReadonlySet<number>;
  /** Proposals of an agent; empty when none was asked. */
  readonly proposals: Proposals;
}

export const isChosen = (
  number: number,
  readiness: ReadonlyMap<number, Readiness>,
  { included }: Pick<Judging, 'included'>,
): boolean => included.has(number) || readiness.get(number)?.state !== 'blocked';

/**
 * The readiness of all issues. An issue that is left out blocks those that come after it, so this is repeated
 * until nothing changes.
 */
export function judge(request: Judging): Map<number, Readiness> {
  const { survey, settings } = request;
  let readiness = new Map<number, Readiness>();
  for (;;) {
    const former = readiness;
    readiness = new Map(
      survey.issues.map((issue) => [
        issue.number,
        readinessOf(
          issue,
          {
            waitsFor: waitsFor(issue, former, request),
            closedBy: survey.closing.get(issue.number),
            me: survey.me,
            doubts: readinessOfAgent(request.proposals, issue.number).doubts,
          },
          settings,
        ),
      ]),
    );
    if ([...readiness].every(([issue, { state }]) => former.get(issue)?.state === state))
      return readiness;
  }
}

/** What the issue depends on and the run will not do, as text. */
function waitsFor(
  waiting: SurveyedIssue,
  readiness: ReadonlyMap<number, Readiness>,
  request: Judging,
): string[] {
  const { survey } = request;
  const { number } = waiting;
  const own = survey.dependencies
    .filter(({ of }) => of === number)
    .flatMap((dependency) => {
      const { issue } = dependency;
      const other = survey.others.get(issue);
      if (other?.state === 'open')
        return `${other.isPullRequest ? 'pull request ' : ''}#${issue} is open and not in the plan (${sourceText(dependency)})`;
      const inPlan = readiness.has(issue) && !isChosen(issue, readiness, request);
      return inPlan ? `#${issue} is left out (${sourceText(dependency)})` : [];
    });
  const planned = new Set(survey.issues.map(({ number: one }) => one));
  const parts = (source: 'sub-issue' | 'task-list') =>
    survey.dependencies
      .filter((one) => one.of === number && one.source === source && planned.has(one.issue))
      .map(({ issue }) => `#${issue}`);
  const subIssues = parts('sub-issue');
  if (subIssues.length > 0)
    own.push(`its sub-issues run, and it does not: ${subIssues.join(', ')}`);
  const tasks = gathersOthers(waiting) ? parts('task-list') : [];
  if (tasks.length > 0) own.push(`its tasks run, and it does not: ${tasks.join(', ')}`);
  const foreign = survey.foreign.get(number) ?? [];
  return [...own, ...foreign.map((name) => `${name} is open, in another repository`)];
}
