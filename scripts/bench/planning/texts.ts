import { RepositoryName } from '../../../src/domain/shared/repository.ts';
import { sensitiveAreas } from '../../../src/planning/rules/cautions.ts';
import { textOf } from '../../../src/planning/rules/issue-text.ts';
import { readinessOf } from '../../../src/planning/rules/readiness.ts';
import { dependencyReferences } from '../../../src/planning/rules/references.ts';
import { PlanningSettings } from '../../../src/planning/rules/settings.ts';
import type { IssueSet } from './issue-sets.ts';

/** What texts are judged to say, against what is known of them. */
export function ofTexts(sets: readonly IssueSet[]): string {
  const rows = {
    'orders kept without asking': new Table(),
    ready: new Table(),
    'cautions, by area': new Table(),
  };
  const settings = PlanningSettings.parse({});
  for (const { repository, issues } of sets)
    for (const issue of issues) {
      const surveyed = {
        ...{ ...issue, url: '', state: 'open' as const, isPullRequest: false, assignees: [] },
      };
      if (issue.after) {
        const found = dependencyReferences(textOf(surveyed), RepositoryName.parse(repository));
        rows['orders kept without asking'].add(
          found.own.map(({ number }) => String(number)),
          issue.after.map(String),
        );
      }
      if (issue.ready !== undefined) {
        const world = { waitsFor: [], closedBy: undefined, me: undefined };
        const { state } = readinessOf(surveyed, world, settings);
        rows.ready.add(state === 'ready' ? ['ready'] : [], issue.ready ? ['ready'] : []);
      }
      if (issue.areas) {
        const found = sensitiveAreas(surveyed, [], settings);
        rows['cautions, by area'].add(
          found.map((sign) => sign.replace(/ \(.*$/s, '')),
          issue.areas,
        );
      }
    }
  const lines = Object.entries(rows).map(([name, table]) => `| ${name} | ${table} |`);
  return [
    '',
    '| of the text | right | wrong | missed |',
    '| --- | --: | --: | --: |',
    ...lines,
  ].join('\n');
}

class Table {
  #right = 0;
  #wrong = 0;
  #missed = 0;

  add(found: readonly string[], truth: readonly string[]): void {
    this.#right += found.filter((one) => truth.includes(one)).length;
    this.#wrong += found.filter((one) => !truth.includes(one)).length;
    this.#missed += truth.filter((one) => !found.includes(one)).length;
  }

  toString(): string {
    return `${this.#right} | ${this.#wrong} | ${this.#missed}`;
  }
}
