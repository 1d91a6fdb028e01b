import { setTimeout as sleep } from 'node:timers/promises';
import type { SessionDetail } from '../../domain/session/session.ts';
import { isOver } from '../../domain/session/session.ts';
import type { RepositoryName } from '../../domain/shared/repository.ts';
import { oneLine, plainLines } from '../../domain/shared/text.ts';
import type { Context } from '../context.ts';
import { findIssue } from '../project.ts';
import { readSession } from './show.ts';

/** How often a new turn is looked for while following, in milliseconds. */
const INTERVAL = 1_000;

/** Prints the transcript of a session's turns; with `follow` until the session has ended. */
export async function logs(
  context: Context,
  reference: string,
  { follow, network }: { follow?: true; network?: true },
): Promise<void> {
  const { repository, issue } = await findIssue(context, reference);
  let detail = (await readSession(context, repository, issue)).detail;
  if (detail.turns.length === 0 && !follow)
    context.terminal.err(`coppice: #${issue} has not begun its first turn yet; -f waits for it`);
  for (let printed = earlier(detail); ; ) {
    for (; printed < earlier(detail) + detail.turns.length; printed++)
      await (network
        ? printNetwork(context, detail, printed)
        : printTurn(context, detail, printed, follow === true));
    if (!follow || isOver(detail.record)) return;
    await sleep(INTERVAL);
    detail = await latest(context, repository, issue);
  }
}

async function printNetwork(
  { services, terminal }: Context,
  detail: SessionDetail,
  index: number,
): Promise<void> {
  const turn = detail.turns[index - earlier(detail)];
  if (!turn) return;
  terminal.out(terminal.color.bold(`── turn ${index + 1}, ${turn.kind}, ${turn.startedAt}`));
  for (const line of await services.network(turn.id)) terminal.out(oneLine(line, 500));
}

async function printTurn(
  { services, terminal }: Context,
  detail: SessionDetail,
  index: number,
  follow: boolean,
): Promise<void> {
  const turn = detail.turns[index - earlier(detail)];
  if (!turn) return;
  terminal.out(terminal.color.bold(`── turn ${index + 1}, ${turn.kind}, ${turn.startedAt}`));
  const underWay = turn.endedAt === null;
  for await (const line of services.transcript(turn.id, follow && underWay))
    terminal.out(plainLines(line));
}

/** Turns that a session of very many lists no more; what their agents printed is under `turns` in the state directory. */
const earlier = (detail: SessionDetail): number => detail.earlier?.turns ?? 0;

const latest = async (context: Context, repository: RepositoryName, issue: number) =>
  (await readSession(context, repository, issue)).detail;
