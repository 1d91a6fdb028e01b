import { git } from '../../support/github-emulator/git.ts';
import type { EmulatedPullRequest } from '../../support/github-emulator/state.ts';
import type { Deeds } from './deeds.ts';
import { pushFor, type WorldIssue } from './issues.ts';
import { REVIEWER, type Stage } from './stage.ts';

/** Reviewers and bots, who speak and push once a pull request is ready. @returns tells whether all of it was heard */
export function createReviewer(stage: Stage, deeds: Deeds) {
  const { github, repository } = stage;
  const { once } = deeds;

  async function isHeard(issue: number, pull: Readonly<EmulatedPullRequest>): Promise<boolean> {
    const threads = await github.ask('threads', repository);
    const ours = deeds.feedback.filter((one) => one.issue === issue);
    const directory = `${stage.root}/github/${repository}.git`;
    const files = await git(directory, 'ls-tree', '-r', '--name-only', pull.headSha);
    return (
      files.includes(`work/${issue}/heard.txt`) &&
      ours.every(
        ({ thread }) =>
          thread === null || (threads.find(({ id }) => id === thread)?.comments.length ?? 0) > 1,
      )
    );
  }

  return async function review(
    { number: issue, traits }: WorldIssue,
    pull: Readonly<EmulatedPullRequest>,
  ): Promise<boolean> {
    const say = (mark: string, thread: number | null) =>
      deeds.feedback.push({ issue, mark, thread });
    if (traits.includes('reviewed'))
      await once(`review ${issue}`, async () => {
        const mark = `F-${issue}-thread`;
        const comments = [{ path: `work/${issue}/one.txt`, line: 1, body: `Say more (${mark}).` }];
        const { threads } = await github.ask('review', repository, pull.number, {
          ...{ author: REVIEWER, state: 'CHANGES_REQUESTED', comments },
        });
        say(mark, threads[0] ?? null);
      });
    if (traits.includes('commented'))
      await once(`comment ${issue}`, async () => {
        for (const [author, mark] of [
          [REVIEWER, `F-${issue}-person`],
          ['coderabbitai[bot]', `F-${issue}-bot`],
        ] as const) {
          const body = `This can fail when the file is empty: handle that (${mark}).`;
          await github.ask('comment', repository, pull.number, { author, body });
          say(mark, null);
        }
      });
    if (traits.includes('pushed'))
      await once(`push ${issue}`, () =>
        github.ask('push', repository, {
          ...{ branch: `issue-${issue}`, author: REVIEWER },
          ...pushFor({ number: issue } as WorldIssue),
        }),
      );
    const hears = ['failing', 'reviewed', 'commented'].some((one) => traits.includes(one as never));
    return !hears || (await isHeard(issue, pull));
  };
}
