import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TurnResult } from '../../domain/session/turn.ts';
import { plainLines } from '../../domain/shared/text.ts';
import type { Home } from '../../state/home.ts';
import type { AgentEvent } from '../adapters/adapter.ts';
import { ADAPTERS } from '../adapters/index.ts';
import { type Attempt, attemptsOf, wasOpened } from './attempt.ts';
import { readEnding } from './ending.ts';
import { Journal, tailOf } from './journal.ts';

export interface TranscriptOptions {
  /** Whether to wait for more until the turn has ended. */
  readonly follow: boolean;
  readonly signal?: AbortSignal;
}

/** How often new output is read, in milliseconds. */
const POLL = 200;

/** How much of an attempt's standard error is shown, in bytes. */
const ERRORS = 4_000;

/**
 * The texts and tool calls of an agent in a turn, as lines for a person without control characters: each
 * attempt, then how the turn ended. It is empty for a turn that this host does not know.
 */
export async function* transcript(
  home: Pick<Home, 'turns'>,
  turnId: string,
  { follow, signal }: TranscriptOptions,
): AsyncGenerator<string> {
  const journals = new Map<number, Journal>();
  for (;;) {
    // The order matters: after a turn has ended, nothing is written, so the ending is read first.
    const ending = readEnding(home.turns, turnId);
    const attempts = attemptsOf(home.turns, turnId).filter(wasOpened);
    for (const attempt of attempts.slice(Math.max(0, journals.size - 1))) {
      if (!journals.has(attempt.number) && attempt.number > 1) yield `── attempt ${attempt.number}`;
      const over = ending !== undefined || attempt !== attempts.at(-1);
      yield* linesOf(attempt, journals, over);
    }
    if (ending) yield* linesOfEnding(ending);
    if (ending || !follow || signal?.aborted) return;
    await sleep(POLL);
  }
}

function* linesOf(
  attempt: Attempt,
  journals: Map<number, Journal>,
  over: boolean,
): Generator<string> {
  const { directory, number, start } = attempt;
  const journal = journals.get(number) ?? new Journal(join(directory, 'journal'));
  journals.set(number, journal);
  let { skipped } = journal;
  for (const line of journal.lines(over)) {
    if (journal.skipped > skipped) yield `… ${journal.skipped - skipped} bytes left out`;
    ({ skipped } = journal);
    for (const event of ADAPTERS[start.adapter].parse(line)) yield* linesOfEvent(event);
  }
  if (over) yield* split(tailOf(join(directory, 'stderr'), ERRORS)).map((line) => `! ${line}`);
}

function linesOfEvent(event: AgentEvent): string[] {
  switch (event.type) {
    case 'conversation':
    case 'report':
    case 'tool-end':
    case 'usage':
      return [];
    case 'text':
      return split(plainLines(event.text));
    case 'tool':
      return [`> ${event.name} ${event.detail}`.trimEnd()];
    case 'limit':
      return [`! usage limit${event.until === undefined ? '' : ` until ${event.until}`}`];
    case 'result':
      // A successful result repeats the last text.
      return event.failed ? split(plainLines(event.text)).map((line) => `! ${line}`) : [];
  }
}

function linesOfEnding({ outcome, costUsd, tokens }: Omit<TurnResult, 'work'>): string[] {
  const spent = [
    ...(costUsd === undefined ? [] : [`$${costUsd.toFixed(2)}`]),
    ...(tokens ? [`${tokens.input} tokens in, ${tokens.output} out`] : []),
  ];
  return [`= ${[outcome.kind, ...spent].join(', ')}`];
}

const split = (text: string): string[] => (text === '' ? [] : text.split('\n'));
