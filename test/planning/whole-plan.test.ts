import { readFileSync } from 'node:fs';
import { Chalk } from 'chalk';
import { expect, test } from 'vitest';
import { openCodebase } from '../../src/cli/planning/codebase.ts';
import { renderDraft } from '../../src/cli/render/plan.ts';
import { RepositoryName } from '../../src/domain/shared/repository.ts';
import type { ListedIssue } from '../../src/github/issues/issue-source.ts';
import { type Codebase, draftPlan, predict } from '../../src/planning/draft.ts';
import { finishPlan, NO_DECISIONS } from '../../src/planning/finish.ts';
import { surveyIssues } from '../../src/planning/read/survey.ts';
import { Codemap } from '../../src/planning/rules/codemap.ts';
import { NO_PROPOSALS } from '../../src/planning/rules/proposals.ts';
import { PlanningSettings } from '../../src/planning/rules/settings.ts';
import { listed, sourceOf } from '../support/plan-of.ts';
import { SAMPLE_ISSUES } from '../support/sample/issues.ts';
import { createSampleRepository } from '../support/sample/repository.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const repository = RepositoryName.parse('acme/app');

async function planOf(issues: readonly ListedIssue[], codebase: Codebase) {
  const survey = await surveyIssues(sourceOf(), {
    ...{ repository, issues, withDependencies: false, ordered: [] },
  });
  const draft = draftPlan({
    ...{ survey, forecast: await predict(survey, codebase, repository), proposals: NO_PROPOSALS },
    settings: PlanningSettings.parse({}),
    capacity: { memoryBytes: 64 * 1024 ** 3, cores: 16, review: 10, configured: 3 },
    ...{ included: new Set(), confirmed: [], separated: [] },
  });
  const plan = finishPlan(draft, { repository }, NO_DECISIONS);
  const color = new Chalk({ level: 0 });
  const shown = (all: boolean) => renderDraft(draft, plan, { columns: 500, color, all });
  return { draft, text: shown(false), whole: shown(true) };
}

test('docs/planning.md shows the plan of the sample repository', async () => {
  const checkout = temporaryDirectory('sample');
  await createSampleRepository(checkout);
  const codebase = await openCodebase(
    { cache: temporaryDirectory('cache') } as never,
    { repository, checkout, remote: 'origin', base: 'main', commits: 5_000 },
    (async () => undefined) as never,
  );
  const { text } = await planOf(
    SAMPLE_ISSUES.map(({ number, title, body, labels }) => listed({ number, title, body, labels })),
    codebase,
  );
  const manual = readFileSync(new URL('../../docs/planning.md', import.meta.url), 'utf8');
  const [, shown = ''] = /```\n\$ coppice plan --all-open\n([\s\S]*?)\n```/.exec(manual) ?? [];
  expect(shown).toContain('#127 after #126');
  // The command says afterwards where it wrote the plan.
  expect(text).toBe(shown.replace(/\n+Wrote .*$/, ''));
});

test('500 issues with dumps are planned within the time a person waits, without false orders', async () => {
  const files = Array.from({ length: 2_000 }, (_, at) => `src/part${at % 50}/module${at}.ts`);
  const changes = Array.from({ length: 5_000 }, (_, at) => ({
    title: `Change module${at % 2_000} of the part`,
    files: [files[at % 2_000] ?? '', files[(at * 7) % 2_000] ?? '', 'src/part0/module0.ts'],
  }));
  const dump = `### Logs\n\n\`\`\`\n${'12:00:01 INFO src/part0/module0.ts waits for #1\n'.repeat(150)}\`\`\`\n\n### Environment\n\n${'- OS: macOS 15\n'.repeat(20)}`;
  const issues = Array.from({ length: 500 }, (_, at) =>
    listed({
      number: at + 1,
      title: `Change the module${at} of part${at % 50}`,
      body: `### What happened?\n\nThe module in src/part${at % 50}/module${at}.ts is slow, as in #${at}.${at === 9 ? ' Depends on #3.' : ''}\n\n${dump}`,
      labels: [],
    }),
  );
  const codebase = {
    map: new Codemap(files, changes),
    containing: async () => new Map(),
    quoted: async () => new Set<string>(),
  };
  const begun = process.cpuUsage();
  const { draft, text, whole } = await planOf(issues, codebase);
  expect(process.cpuUsage(begun).user).toBeLessThan(5_000_000);
  expect(
    draft.issues.flatMap(({ issue, after }) => after.map((edge) => [issue, edge.issue])),
  ).toEqual([[10, 3]]);
  // Each line in place of others counts them.
  const more = [...text.matchAll(/^ {2}and (\d+) more: --all$/gm)].map(([, count]) =>
    Number(count),
  );
  expect(more).not.toEqual([]);
  const hidden = more.reduce((sum, count) => sum + count, 0);
  expect(whole).not.toContain('more: --all');
  expect(whole.split('\n').length).toBe(text.split('\n').length - more.length + hidden);
});
