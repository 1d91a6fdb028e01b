import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import * as acp from '@agentclientprotocol/sdk';
import { oneLine } from '../domain/text.ts';
import type { AgentEvent } from './adapter.ts';
import { described, endsTurn, isAllowed, mayPlan, type ToolUse } from './permission.ts';
import { OWN } from './report.ts';

/*
 * The client's side of the Agent Client Protocol for one turn: acp-client.ts LAUNCH, the prompt on standard input. It runs
 * within the turn, starts the agent, and writes what it hears of it as AgentEvents in JSON lines. When a signal ends the
 * agent, it ends as a shell would, so that the turn is resumed.
 */

/** What it is told in its argument, as JSON. */
export interface AcpLaunch {
  readonly command: readonly string[];
  readonly conversation: string;
  readonly resume: boolean;
  readonly model?: string;
  readonly allow: readonly string[];
  /** Whether it may only read, and write to `.coppice`. */
  readonly plan: boolean;
  /** What the turn may cost, in US dollars, for an agent that can be told. */
  readonly budget?: number;
}

/** Tools to end the turn with. */
const SERVER = fileURLToPath(
  new URL(`./outcome-server${import.meta.url.slice(-3)}`, import.meta.url),
);

const launch: AcpLaunch = JSON.parse(process.argv[2] ?? '');
const cwd = process.cwd();
const denials: string[] = [];
let costUsd: number | undefined;
/** Whether what the agent tells is of this turn: a loaded session is told from its beginning. */
let listening = false;
let spoken = '';
const titles = new Map<string, string>();

const tell = (event: AgentEvent): void => {
  process.stdout.write(`${JSON.stringify(event)}\n`);
};

/** Text comes in pieces; it is told in whole messages. */
function flush(): void {
  if (spoken.trim() !== '') tell({ type: 'text', text: spoken });
  spoken = '';
}

function hear({ update }: acp.SessionNotification): void {
  if (update.sessionUpdate === 'usage_update' && update.cost?.currency === 'USD') {
    costUsd = update.cost.amount;
    if (listening) tell({ type: 'usage', costUsd });
  }
  if (!listening) return;
  if (update.sessionUpdate === 'agent_message_chunk') {
    if (update.content.type === 'text') spoken += update.content.text;
  } else if (update.sessionUpdate === 'tool_call' || update.sessionUpdate === 'tool_call_update') {
    hearOfTool(update);
  }
}

/** A tool's title may become clearer while it is called. */
function hearOfTool(update: acp.ToolCallUpdate): void {
  const { toolCallId: id, title, status } = update;
  if (title != null && titles.get(id) !== title) {
    flush();
    titles.set(id, title);
    tell({ type: 'tool', name: update.kind ?? 'tool', detail: oneLine(title), id });
  }
  if (status === 'completed' || status === 'failed') tell({ type: 'tool-end', id });
}

function decide(request: acp.RequestPermissionRequest): acp.RequestPermissionResponse {
  const use = useOf(request.toolCall);
  const granted =
    endsTurn(use) || (launch.plan ? mayPlan(use, join(cwd, OWN)) : isAllowed(use, launch.allow));
  if (!granted) denials.push(described(use));
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

const outcomeServer = { command: process.execPath, args: [SERVER, cwd] };

/** What every way to open a session takes. Other agents than Claude's don't know its keys, and want the server by itself. */
const common = (claude: boolean): acp.NewSessionRequest => ({
  cwd,
  mcpServers: claude ? [] : [{ name: 'coppice', ...outcomeServer, env: [] }],
  _meta: {
    claudeCode: {
      options: {
        // A repository's settings are read unless told not to.
        settingSources: ['user'],
        ...(launch.budget !== undefined && { maxBudgetUsd: Math.max(0.000001, launch.budget) }),
        // Tools of others are not shown to the model before it searches for them.
        ...(claude && { mcpServers: { coppice: { ...outcomeServer, alwaysLoad: true } } }),
      },
    },
  },
});

async function openSession(agent: acp.ClientContext): Promise<string> {
  const { agentCapabilities, agentInfo } = await agent.request(acp.methods.agent.initialize, {
    protocolVersion: acp.PROTOCOL_VERSION,
    clientInfo: { name: 'coppice', version: '0' },
    clientCapabilities: {},
  });
  const sessionId = launch.conversation;
  const opening = common(/claude/i.test(agentInfo?.name ?? ''));
  if (launch.resume && agentCapabilities?.sessionCapabilities?.resume)
    return known(agent, acp.methods.agent.session.resume, sessionId, opening);
  if (launch.resume && agentCapabilities?.loadSession)
    return known(agent, acp.methods.agent.session.load, sessionId, opening);
  return newSession(agent, opening);
}

/** A session it should know; another one when it has lost that. */
async function known(
  agent: acp.ClientContext,
  method: 'session/resume' | 'session/load',
  sessionId: string,
  opening: acp.NewSessionRequest,
): Promise<string> {
  const { resume, load } = acp.methods.agent.session;
  try {
    const opened = await (method === resume
      ? agent.request(resume, { sessionId, ...opening })
      : agent.request(load, { sessionId, ...opening }));
    await prepare(agent, sessionId, opened);
    return sessionId;
  } catch (error) {
    if (!(error instanceof acp.RequestError)) throw error;
    console.error(`the session ${sessionId} can't be resumed: ${error.message}`);
    return newSession(agent, opening);
  }
}

async function newSession(
  agent: acp.ClientContext,
  opening: acp.NewSessionRequest,
): Promise<string> {
  const opened = await agent.request(acp.methods.agent.session.new, opening);
  await prepare(agent, opened.sessionId, opened);
  return opened.sessionId;
}

/** The mode in which it asks, where there are several, and the model. */
async function prepare(
  agent: acp.ClientContext,
  sessionId: string,
  { modes, configOptions }: Pick<acp.LoadSessionResponse, 'modes' | 'configOptions'>,
): Promise<void> {
  const asks = modes?.availableModes.find(({ id }) => id === 'default');
  if (asks && modes?.currentModeId !== asks.id)
    await agent.request(acp.methods.agent.session.setMode, { sessionId, modeId: asks.id });
  if (launch.model === undefined) return;
  const option = configOptions?.find(({ category, id }) => category === 'model' || id === 'model');
  if (!option) throw new Error('the agent does not let its model be chosen: leave agent.model out');
  await agent.request(acp.methods.agent.session.setConfigOption, {
    sessionId,
    configId: option.id,
    value: launch.model,
  });
}

async function converse(agent: acp.ClientContext, prompt: string): Promise<void> {
  const sessionId = await openSession(agent);
  tell({ type: 'conversation', id: sessionId });
  listening = true;
  const { stopReason } = await agent.request(acp.methods.agent.session.prompt, {
    sessionId,
    prompt: [{ type: 'text', text: prompt }],
  });
  flush();
  conclude(stopReason === 'end_turn' ? undefined : `it stopped: ${stopReason}`);
}

function conclude(failure: string | undefined): void {
  tell({
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
// A pipe that breaks is told by the connection.
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
// An agent that stays is stopped with its turn; one that a signal ended is resumed.
const [, signal] = (await Promise.race([exited, soon()])) ?? [];
if (failed && signal) process.exit(128 + constants.signals[signal]);
if (failed) conclude(reason(failed.error));
process.exit(0);

/** An agent ends soon after its connection. */
function soon(): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, 1_000, undefined));
}
