import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Board } from '../../src/client/types.ts';
import type { SessionRecord } from '../../src/domain/session/session.ts';
import { isAtWork } from '../../src/domain/session/status.ts';
import type { Environment } from '../../test/support/environment.ts';
import { SAMPLE_ISSUES } from '../../test/support/sample/issues.ts';
import { contains, pullOf } from './github.ts';
import { type Asked, answersTo, ask, REVIEWED } from './requests.ts';
import type { Stage } from './stage.ts';
import type { Viewer } from './viewer.ts';

/** The pull request that others stand on, and one that stands on it. */
export const STACK = { below: 126, above: 127 } as const;

/** A commit that the reviewer pushed to a pull request's branch, and what became of the one on top of it. */
export interface Fix {
  readonly commit: string;
  /** Base branch of the pull request on top, when the commit was pushed. */
  readonly base: string;
  /** Its head, when the commit was pushed. */
  readonly before: string;
  /** Its head, once it has the commit. */
  after?: string;
}

export interface Reviewer {
  /** Reviews what is ready when every agent is at rest, so that nobody is disturbed while there is something to watch. */
  look(board: Board): Promise<void>;
  readonly fix: Fix | undefined;
  readonly asked: Asked | undefined;
}

/** First requests on one pull request, and a commit of the reviewer's own in the stack; then what the viewer merges. */
export function reviewer(stage: Stage, viewer: Viewer): Reviewer {
  const { emulator, repository } = stage;
  const mergedAt = new Map<number, string>();
  let fix: Fix | undefined;
  let asked: Asked | undefined;

  /** A dependent has been moved onto main when it was at work since its dependency's merge. */
  const isReady = ({ issueNumber, pullRequestState, since }: SessionRecord): boolean =>
    pullRequestState === 'open' &&
    !mergedAt.has(issueNumber) &&
    (SAMPLE_ISSUES.find(({ number }) => number === issueNumber)?.after ?? []).every(
      (dependency) => since > (mergedAt.get(dependency) ?? since),
    );

  return {
    get fix() {
      return fix;
    },
    get asked() {
      return asked;
    },
    async look(board) {
      const records = board.sessions.map(({ record }) => record);
      const queued = board.runs.some(({ queue }) => queue.length > 0);
      if (queued || records.some(({ status }) => isAtWork(status) || status === 'stuck')) return;
      const ready = records.filter(isReady);
      if (ready.length === 0) return;
      if (!asked) {
        asked = ask(stage);
        viewer.say(`→ you and a bot ask for changes on the pull request of #${REVIEWED}`);
      }
      if (answersTo(stage, asked).some(({ answers }) => answers.length === 0)) return;
      if (!fix) {
        const { base, headSha: before } = pullOf(stage, STACK.above);
        fix = { commit: await pushFix(stage), base, before };
        viewer.say(
          `→ you push a commit to the branch of #${STACK.below}; #${STACK.above}, on top of it, will follow`,
        );
      }
      const { headSha } = pullOf(stage, STACK.above);
      if (!fix.after && !(await contains(stage, headSha, fix.commit))) return;
      fix.after ??= headSha;
      for (const { issueNumber } of await viewer.review(ready)) {
        await emulator.mergePullRequest(repository, pullOf(stage, issueNumber).number, 'squash');
        mergedAt.set(issueNumber, new Date().toISOString());
      }
    },
  };
}

/** @returns the commit */
async function pushFix({ cloneUrl, credentials, root }: Environment): Promise<string> {
  const clone = join(root, 'reviewer');
  const branch = `issue-${STACK.below}`;
  await execa({ env: credentials })`git clone --quiet --branch ${branch} ${cloneUrl} ${clone}`;
  const git = execa({ cwd: clone, env: { ...credentials, ...REVIEWER } });
  await appendFile(join(clone, FIX.file), `\n${FIX.text}\n`);
  await git`git commit --quiet --all --message ${'Say which ways to log in there are'}`;
  await git`git push --quiet origin ${branch}`;
  return (await git`git rev-parse HEAD`).stdout;
}

/** What the reviewer adds. */
export const FIX = {
  file: 'docs/auth.md',
  text: 'The service knows ways to log in by their names.',
} as const;

const REVIEWER = {
  GIT_AUTHOR_NAME: 'Reviewer',
  GIT_AUTHOR_EMAIL: 'reviewer@example.com',
  GIT_COMMITTER_NAME: 'Reviewer',
  GIT_COMMITTER_EMAIL: 'reviewer@example.com',
};
