import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { codexEvents } from './codex-events.ts';
import { writeEvent } from './event-lines.ts';
import { connect } from './json-rpc.ts';
import { OUTCOME_SCHEMA } from './structured.ts';

/*
 * The client of Codex's app-server for one turn: `codex-client.ts LAUNCH`, with the prompt on standard input.
 * It runs as the process of the turn, starts Codex, and writes Codex's notifications as AgentEvents. When a
 * signal ends Codex, it exits with 128 plus the signal's number, as a shell does, so that the turn is
 * resumed.
 */

/** The argument of codex-client.ts, as JSON. */
export interface CodexLaunch {
  readonly command: readonly string[];
  readonly conversation: string;
  readonly resume: boolean;
  readonly model?: string;
}

/** How long Codex may take to exit after its turn, in milliseconds. */
const LEAVE = 5_000;

const Opened = z.object({ thread: z.object({ id: z.string() }) });

const launch: CodexLaunch = JSON.parse(process.argv[2] ?? '');
const { CODEX_API_KEY: apiKey } = process.env;
const [program = '', ...args] = launch.command;
const prompt = await text(process.stdin);
// Only `codex exec` reads a key from the environment. The app-server gets it for this turn alone, so the
// person's own login does not change.
const login = apiKey ? ['-c', 'cli_auth_credentials_store="ephemeral"'] : [];
const codex = spawn(program, [...args, ...login, 'app-server'], {
  stdio: ['pipe', 'pipe', 'inherit'],
});
const exited = once(codex, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
// The exit reports a broken pipe.
codex.stdin.on('error', () => undefined);
const ended = Promise.withResolvers<void>();
const hear = codexEvents();
const { request, notify } = connect(codex.stdout, codex.stdin, (notification) => {
  for (const event of hear(notification)) {
    writeEvent(event);
    if (event.type === 'result') ended.resolve();
  }
});

async function converse(): Promise<void> {
  await request('initialize', {
    clientInfo: { name: 'coppice', title: 'Coppice', version: '0' },
    capabilities: { experimentalApi: false, optOutNotificationMethods: DELTAS },
  });
  notify('initialized');
  if (apiKey) await request('account/login/start', { type: 'apiKey', apiKey });
  const threadId = await openThread();
  writeEvent({ type: 'conversation', id: threadId });
  await request('turn/start', {
    threadId,
    input: [{ type: 'text', text: prompt, text_elements: [] }],
    outputSchema: OUTCOME_SCHEMA,
  });
  await ended.promise;
}

/** Notifications with parts of a text. They are not needed, because the whole text follows. */
const DELTAS = [
  'item/agentMessage/delta',
  'item/commandExecution/outputDelta',
  'item/fileChange/outputDelta',
  'item/reasoning/summaryTextDelta',
  'item/reasoning/textDelta',
];

async function openThread(): Promise<string> {
  const { conversation: threadId, resume, model } = launch;
  const how = {
    cwd: process.cwd(),
    approvalPolicy: 'never',
    ...(model !== undefined && { model }),
  };
  const opened = resume
    ? await request('thread/resume', { threadId, excludeTurns: true, ...how })
    : await request('thread/start', how);
  return Opened.parse(opened).thread.id;
}

const failure = await Promise.race([
  converse().then(
    () => undefined,
    (error: Error) => error.message,
  ),
  exited.then(
    () => 'it exited before the turn ended',
    (error: Error) => error.message,
  ),
]);
codex.stdin.end();
// If Codex does not exit, it is stopped with its turn.
const [code, signal] = (await Promise.race([exited, sleep(LEAVE)]).catch(() => undefined)) ?? [];
if (failure === undefined) process.exit(0);
if (signal) process.exit(128 + constants.signals[signal]);
console.error(`codex app-server: ${failure}`);
process.exit(code || 1);
