import { onTestFinished } from 'vitest';
import { type Board, ClientError, type SessionView } from '../../src/client/types.ts';
import type { GuidanceInput } from '../../src/domain/session/guidance.ts';
import { SessionDetail } from '../../src/domain/session/session.ts';
import type { QuestionInput } from '../../src/domain/session/turn.ts';
import { Question } from '../../src/domain/session/turn.ts';
import { BoardFeed } from '../../src/web/feed.ts';
import { pageBoard } from '../../src/web/page-board.ts';
import { pageFiles } from '../../src/web/page-files.ts';
import { serveBoard } from '../../src/web/serve.ts';
import { record, repository } from '../cli/records.ts';
import { temporaryDirectory } from '../support/temporary.ts';

export interface Site {
  readonly link: string;
  readonly origin: string;
  /** What the page has asked for, in order. */
  readonly asked: unknown[];
  /** What the board shows from now on. */
  show(board: Board): void;
}

interface SiteOptions {
  readonly board: Board;
  readonly question?: QuestionInput;
  readonly plan?: string;
  /** Called before guidance is taken; may refuse it. */
  readonly guide?: (issue: number, guidance: GuidanceInput) => void;
}

/** A board served on a free port of loopback; `Coppice` is what the test says, since workflows are tested elsewhere. */
export async function openSite(options: SiteOptions): Promise<Site> {
  const asked: unknown[] = [];
  let { board } = options;
  const view = (issue: number): SessionView => {
    const found = board.sessions.find((one) => one.record.issueNumber === issue);
    if (!found) throw new ClientError('NoSuchSession', `no session of #${issue}`);
    const stuck = found.record.status === 'stuck' && options.question;
    const detail = SessionDetail.parse({
      ...{ record: record(issue, found.record), plan: options.plan ?? '' },
      ...{ turns: [], guidance: [], stuck: stuck ? Question.parse(options.question) : null },
    });
    return { source: 'live', asOf: found.asOf, workflowId: found.workflowId, detail };
  };
  const coppice = {
    show: async (_: string, issue: number) => view(issue),
    guide: async (_: string, issue: number, guidance: GuidanceInput) => {
      options.guide?.(issue, guidance);
      asked.push(['guide', issue, guidance]);
    },
    pause: async (_: string, issue: number, paused: boolean) => {
      asked.push([paused ? 'pause' : 'resume', issue]);
    },
    cancel: async (_: string, issue: number) => {
      asked.push(['cancel', issue]);
    },
    amend: async (_: string, run: string, change: unknown) => {
      asked.push(['amend', run, change]);
    },
  };
  const feed = new BoardFeed(async () => pageBoard(board), 100);
  const site = { repository, coppice, feed, files: await pageFiles() };
  const served = await serveBoard(site, { home: { root: temporaryDirectory('board') }, port: 0 });
  onTestFinished(served.close);
  return {
    link: served.link,
    origin: `http://127.0.0.1:${served.port}`,
    asked,
    show(changed) {
      board = changed;
    },
  };
}
