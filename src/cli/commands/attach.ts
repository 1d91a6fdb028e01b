import { randomUUID } from 'node:crypto';
import type { Attachment } from '../../domain/session/attachment.ts';
import { type GuidanceInput, MAX_GUIDANCE } from '../../domain/session/guidance.ts';
import type { SessionDetail } from '../../domain/session/session.ts';
import { withCoppice } from '../connection.ts';
import type { Context } from '../context.ts';
import { Interrupted, Refusal, UsageError } from '../errors.ts';
import { findIssue } from '../project.ts';

export interface AttachOptions {
  readonly settled?: true;
  readonly guidance?: string;
}

const heedless = (): void => {};

/** What the agent is told when the person has answered its question in the terminal. */
const SETTLED = 'We have settled it in the terminal meanwhile: go on from there.';

/**
 * Opens a session's agent in this terminal, in its worktree and its conversation. Meanwhile the session is held. It
 * continues when the person has left; a stuck session only when its question is answered.
 */
export async function attach(
  context: Context,
  reference: string,
  options: AttachOptions,
): Promise<void> {
  const { services, terminal } = context;
  const words = options.guidance?.trim();
  if (words === '' || (words?.length ?? 0) > MAX_GUIDANCE)
    throw new UsageError(`--guidance needs text of at most ${MAX_GUIDANCE} characters`);
  const { repository, issue } = await findIssue(context, reference);
  const id = randomUUID();
  const [detail, attached] = await withCoppice(services, async (coppice) => {
    const { detail } = await coppice.show(repository, issue);
    const { conversationAdapter, instead } = await mayAttach(context, issue, detail, options);
    const holder = await services.attachable(conversationAdapter);
    if (instead !== undefined) await services.endLeftover(instead);
    const request = { id, holder, ...(instead !== undefined && { instead }) };
    return [detail, await coppice.attach(repository, issue, request)] as const;
  });
  // Ctrl-C goes to the agent. The person ends the agent to leave.
  process.on('SIGINT', heedless);
  terminal.takeInterrupts();
  let guidance: GuidanceInput | undefined;
  try {
    const code = await services.openAgent({ id, ...attached });
    if (code !== 0) terminal.err(`coppice: the agent exited with code ${code}`);
    guidance = await settle(context, detail, options);
  } finally {
    await withCoppice(services, (coppice) =>
      coppice.detach(repository, issue, { id, ...(guidance !== undefined && { guidance }) }),
    );
    process.off('SIGINT', heedless);
  }
  terminal.out(
    guidance === undefined && detail.record.status === 'stuck'
      ? `#${issue} is still stuck. Answer it: coppice guide ${issue} "…"`
      : `#${issue} continues. Watch it: coppice status --watch`,
  );
}

/** @throws Refusal with the reason, before anything is held */
async function mayAttach(
  { services }: Context,
  issue: number,
  { record, terminal }: SessionDetail,
  { settled }: AttachOptions,
) {
  if (!terminal)
    throw new Refusal(`#${issue} can’t be attached: its agent has begun no conversation yet`);
  const { hostId, conversationAdapter, attached } = terminal;
  if (hostId !== (await services.hostId()))
    throw new Refusal(`#${issue} lives on the host ${hostId}: attach it there`);
  if (settled && record.asksFor === 'approval')
    throw new Refusal(
      `#${issue} waits for your approval: attach it without --settled, then coppice guide ${issue} --approve`,
    );
  const instead = attached && (await isDead(services, attached)) ? attached.id : undefined;
  return { conversationAdapter, instead };
}

const isDead = async (services: Context['services'], { holder }: Attachment): Promise<boolean> =>
  !(await services.isRunning(holder));

/** The guidance that the person leaves; undefined when the session stays as it was. */
async function settle(
  { services, terminal }: Context,
  { record }: SessionDetail,
  { settled, guidance }: AttachOptions,
): Promise<GuidanceInput | undefined> {
  // A conflict may have been resolved in the terminal. Any other question is answered with text.
  const action = record.asksFor === 'resolution' ? 'resolved' : 'answer';
  if (guidance !== undefined) return { text: guidance.trim(), action };
  if (settled) return { text: SETTLED, action };
  if (record.status !== 'stuck' || record.asksFor === 'approval') return undefined;
  const questions = await services.questions();
  if (!questions) return undefined;
  terminal.out(`#${record.issueNumber} was stuck: ${record.stuckReason ?? ''}`);
  try {
    const chosen = await questions.one('Is the question settled?', [
      { label: 'Yes: the session continues' },
      { label: 'No: the session stays stuck' },
    ]);
    return chosen === 0 ? { text: SETTLED, action } : undefined;
  } catch (error) {
    if (error instanceof Interrupted) return undefined;
    throw error;
  }
}
