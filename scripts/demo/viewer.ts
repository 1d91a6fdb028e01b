import { confirm, isCancel, log, select, text } from '@clack/prompts';
import logUpdate from 'log-update';
import { renderBoard } from '../../src/cli/render/board.ts';
import type { Terminal } from '../../src/cli/terminal/terminal.ts';
import { dropTypedAhead } from '../../src/cli/terminal/typed-ahead.ts';
import { changesOnly } from '../../src/cli/terminal/watch.ts';
import type { Board } from '../../src/client/types.ts';
import type { GuidanceInput } from '../../src/domain/session/guidance.ts';
import { optionLine } from '../../src/domain/session/options.ts';
import type { SessionRecord } from '../../src/domain/session/session.ts';
import type { Question } from '../../src/domain/session/turn.ts';
import { TOKEN_REFRESH, TOKEN_REFRESH_GUIDANCE } from '../../test/support/sample/issues.ts';

/** The person the demo is for: looks at the board, answers questions, reviews and merges. */
export interface Viewer {
  show(board: Board): Promise<void>;
  /** Is told what happens besides. */
  say(line: string): void;
  /** What to tell a stuck session. */
  guide(record: SessionRecord, stuck: Question): Promise<GuidanceInput>;
  /** Which of the pull requests that are ready to merge, in this order. */
  review(ready: readonly SessionRecord[]): Promise<readonly SessionRecord[]>;
}

const APPROVAL = { action: 'approve' } as const;

/** The viewer left. */
export class Interrupted extends Error {}

/**
 * Approves plans, answers and merges by itself. Sessions stuck on anything but an approval and the sample's question are a
 * failure of the demo.
 */
export function automaticViewer(terminal: Terminal, webUrl: string): Viewer {
  return {
    show: display(terminal, webUrl),
    say: (line) => terminal.out(`${line}\n`),
    async guide({ issueNumber }, { decision, context, asksFor }) {
      if (asksFor === 'approval') {
        terminal.out(`→ coppice guide ${issueNumber} --approve\n`);
        return APPROVAL;
      }
      if (decision !== TOKEN_REFRESH.decision)
        throw new Error(`#${issueNumber} is stuck: ${decision}\n${context}`);
      terminal.out(`→ coppice guide ${issueNumber} "${TOKEN_REFRESH_GUIDANCE}"\n`);
      return TOKEN_REFRESH_GUIDANCE;
    },
    review: async (ready) => ready,
  };
}

/** Asks whoever sits at the terminal. @throws Interrupted at Ctrl-C in a prompt */
export function personAtTerminal(terminal: Terminal, webUrl: string): Viewer {
  return {
    show: display(terminal, webUrl),
    say(line) {
      logUpdate.done();
      log.step(line);
    },
    async guide({ issueNumber, issueTitle }, { decision, options, context, asksFor }) {
      logUpdate.done();
      log.warn(
        [
          `Session #${issueNumber} is stuck on ${issueTitle}:`,
          `Decision needed: ${decision}`,
          'Options considered:',
          ...options.map((option, index) => `    ${optionLine(option, index + 1)}`),
          `Context: ${context}`,
        ].join('\n'),
      );
      await dropTypedAhead(process.stdin);
      if (asksFor === 'approval' && answered(await confirm({ message: 'Approve this plan?' })))
        return APPROVAL;
      const initialValue = decision === TOKEN_REFRESH.decision ? TOKEN_REFRESH_GUIDANCE : '';
      return answered(await text({ message: 'Your guidance (Enter sends it)', initialValue }));
    },
    async review(ready) {
      logUpdate.done();
      const choices = ready.map((record) => ({
        value: [record],
        label: `merge #${record.issueNumber} ${record.issueTitle}`,
        hint: record.pullRequestUrl ?? '',
      }));
      await dropTypedAhead(process.stdin);
      const all = { value: [...ready], label: 'merge all of them, in order' };
      return answered(
        await select({
          message: 'You are the reviewer: agents never merge. What do you merge?',
          options: ready.length > 1 ? [all, ...choices] : choices,
        }),
      );
    },
  };
}

function answered<T>(answer: T): Exclude<T, symbol> {
  if (isCancel(answer)) throw new Interrupted();
  return answer as Exclude<T, symbol>;
}

function display(terminal: Terminal, webUrl: string): Viewer['show'] {
  const { color, columns, isTTY } = terminal;
  const show = isTTY ? terminal.redraw : changesOnly((block) => terminal.out(`${block}\n`));
  return async (board) => {
    if (board.sessions.length === 0) return;
    const frame = renderBoard(board, { now: new Date(), color, columns });
    await show(`${frame}\n\n${color.dim(`Temporal Web UI: ${webUrl}`)}`);
  };
}
