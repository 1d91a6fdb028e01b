import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The longest files, and the folders whose files take long: what is not named comes after them. */
const LONGEST = [
  'test/e2e/kill.test.ts',
  'test/e2e/demo.test.ts',
  'test/workflows/session/pull-request/feedback.test.ts',
  'test/workflows/session/workflow.test.ts',
  'test/e2e/',
  'test/service/',
  'test/workflows/',
  'test/package/',
  'test/git/worktree/',
  'test/git/stacks/',
  'test/worker/',
];

/** Starts the longest files first, so that no worker is left alone with one at the end. CI has no earlier run to learn from. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // Larger files first, and those of `rules` last.
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}

function rank({ moduleId, project }: TestSpecification): number {
  const place = LONGEST.findIndex((begin) => moduleId.includes(begin));
  if (place >= 0) return place;
  return project.name === 'rules' ? LONGEST.length + 1 : LONGEST.length;
}
