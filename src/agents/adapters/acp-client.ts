import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import * as acp from '@agentclientprotocol/sdk';
import { oneLine } from '../../domain/shared/text.ts';
import { type AcpLaunch, openSession } from './acp-session.ts';
import { writeEvent } from './event-lines.ts';
import { asRule, endsTurn, isAllowed, mayPlan, type ToolUse } from './permission.ts';
import { OWN } from './report.ts';

/*
 * The client of the Agent Client Protocol for one turn: `acp-client.ts LAUNCH`, with the prompt on standard
 * input. It runs as the process of the turn, starts the agent, and writes the agent's updates as AgentEvents,
 * one JSON object on each line. When a signal ends the agent, it exits with 128 plus the signal's number, as
 * a shell does, so that the turn is resumed.
 */

const launch: AcpLaunch = JSON.parse(process.argv[2] ?? '');
const cwd = process.cwd();
const denials: string[] = [];
let costUsd: number | undefined;
/**
 * Whether updates are about this turn. When a session is loaded, the agent first repeats its earlier updates.
 */
let listening = false;
let spoken = '';
const titles = new Map<string, string>();

/** Writes the text that arrived in pieces as one event. */
function flush(): void {
  if (spoken.trim() !== '') writeEvent({ type: 'text', text: spoken });
  spoken = '';
}

function hear({ update }: acp.SessionNotification): void {
  if (update.sessionUpdate === 'usage_update' && update.cost?.currency === 'USD') {
    costUsd = update.cost.amount;
    if (listening) writeEvent({ type: 'usage', costUsd });
  }
  if (!listening) return;
  if (update.sessionUpdate === 'agent_message_chunk') {
    if (update.content.type === 'text') spoken += update.content.text;
  } else if (update.sessionUpdate === 'tool_call' || update.sessionUpdate === 'tool_call_update') {
    hearOfTool(update);
  }
}

/** An agent may give a tool call a better title while it runs. */
function hearOfTool(update: acp.ToolCallUpdate): void {
  const { toolCallId: id, title, status } = update;
  if (title != null && titles.get(id) !== title) {
    flush();
    titles.set(id, title);
    writeEvent({ type: 'tool', name: update.kind ?? 'tool', detail: oneLine(title), id });
  }
  if (status === 'completed' || status === 'failed') writeEvent({ type: 'tool-end', id });
}

function decide(request: acp.RequestPermissionRequest): acp.RequestPermissionResponse {
  const use = useOf(request.toolCall);
  const granted =
    endsTurn(use) || (launch.plan ? mayPlan(use, join(cwd, OWN)) : isAllowed(use, launch.allow));
  if (!granted) denials.push(asRule(use));
  const kind = granted ? 'allow_once' : 'reject_once';
  const option = request.options.find((one) => one.kind === kind);
  return option
    ? { outcome: { outcome: 'selected', optionId: option.optionId } }
    : { outcome: { outcome: 'cancelled' } };
}

function useOf({ kind, title, rawInput, locations }: acp.ToolCallUpdate): ToolUse {
  const { command } = (rawInput ?? {}) as { readonly command?: unknown };
  const line = Array.isArray(command) ? command.join(' ') : command;
  return {
    kind: kind ?? 'other',
    title: title ?? 'a tool',
    ...(typeof line === 'string' && { command: line }),
    paths: (locations ?? []).map(({ path }) => path),
  };
}

async function converse(agent: acp.ClientContext, prompt: string): Promise<void> {
  const sessionId = await openSession(agent, launch, cwd);
  writeEvent({ type: 'conversation', id: sessionId });
  listening = true;
  const { stopReason } = await agent.request(acp.methods.agent.session.prompt, {
    sessionId,
    prompt: [{ type: 'text', text: prompt }],
  });
  flush();
  conclude(stopReason === 'end_turn' ? undefined : `it stopped: ${stopReason}`);
}

function conclude(failure: string | undefined): void {
  writeEvent({
    type: 'result',
    failed: failure !== undefined,
    text: failure ?? '',
    denials,
    ...(costUsd !== undefined && { costUsd }),
  });
}

const reason = (error: unknown): string => {
  const { message, data } = error as { readonly message?: string; readonly data?: unknown };
  return oneLine([message, data && JSON.stringify(data)].filter(Boolean).join(': '), 1_000);
};

const [program = '', ...args] = launch.command;
const prompt = await text(process.stdin);
const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
// The connection reports a broken pipe.
child.stdin.on('error', () => undefined);
const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
const stream = acp.ndJsonStream(
  Writable.toWeb(child.stdin),
  Readable.toWeb(child.stdout) as ReadableStream<Uint8Array>,
);
const failed = await acp
  .client({ name: 'coppice' })
  .onNotification(acp.methods.client.session.update, ({ params }) => hear(params))
  .onRequest(acp.methods.client.session.requestPermission, ({ params }) => decide(params))
  .connectWith(stream, (agent) => converse(agent, prompt))
  .then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
flush();
child.stdin.end();
// An agent that does not exit is stopped with its turn. If a signal ended it, the turn is resumed.
const [, signal] = (await Promise.race([exited, soon()])) ?? [];
if (failed && signal) process.exit(128 + constants.signals[signal]);
if (failed) conclude(reason(failed.error));
process.exit(0);

/** Waits a second, because an agent exits soon after its connection closes. */
function soon(): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, 1_000, undefined));
}
