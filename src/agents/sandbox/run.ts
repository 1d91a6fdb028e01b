import { spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SandboxManager } from '@anthropic-ai/sandbox-runtime';
import { PROXIES } from '../../process/network-variables.ts';
import { shellQuote } from '../../process/shell-quote.ts';
import { type Confinement, INSIDE } from './confine.ts';
import { collectLateRefusals } from './late-refusals.ts';
import { loopback } from './loopback.ts';
import { refusalLog } from './refusal-log.ts';
import { watchResources } from './watch.ts';

/*
 * Runs a program in the sandbox with the standard streams of this process, and exits as the program does:
 * `run.ts FILE PROGRAM [ARG...]`. It ends when the process that started it ends, and everything inside ends
 * with it.
 */

/** Removes socket directories of runs that were killed. */
function removeLeftSockets(): void {
  const name = new RegExp(`^${basename(SOCKETS)}(\\d+)-`);
  for (const entry of readdirSync(dirname(SOCKETS))) {
    const pid = Number(name.exec(entry)?.[1]);
    if (pid > 0 && !isRunning(pid))
      rmSync(join(dirname(SOCKETS), entry), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM means that the process exists and belongs to another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The interval between two checks whether the starting process still lives, in milliseconds. */
const LOOK = 200;

/** A wrapper around bubblewrap, which adds options that sandbox-runtime does not set. */
const BUBBLEWRAP = fileURLToPath(new URL('./bubblewrap.sh', import.meta.url));

/**
 * The prefix of the directory for the sandbox's own sockets. It is short, because the path of a socket has a
 * length limit.
 */
const SOCKETS = '/tmp/coppice-sockets-';

const [file = '', ...argv] = process.argv.slice(2);
const confinement: Confinement = JSON.parse(readFileSync(file, 'utf8'));
const {
  settings,
  directory,
  empty,
  temporary,
  refusals: refused,
  home,
  beneath,
  model,
  modelRequests: asked,
} = confinement;

const starter = process.ppid;
setInterval(() => {
  if (process.ppid !== starter) process.exit(1);
}, LOOK);

const heardAll = collectLateRefusals();
process.chdir(empty);
const modelProxy =
  model &&
  (await (
    await import('./model-proxy.ts')
  ).startModelProxy(model, process.env, (one) =>
    appendFileSync(asked, `${JSON.stringify(one)}\n`, { mode: 0o600 }),
  ));
// The program inside gets a placeholder instead of the key.
for (const { variable } of model?.keys ?? []) delete process.env[variable];
const hosts = [
  ...settings.network.allowedDomains,
  ...(modelProxy ? [`127.0.0.1:${modelProxy.port}`] : []),
];

removeLeftSockets();
const sockets = mkdtempSync(`${SOCKETS}${process.pid}-`);
process.on('exit', () => rmSync(sockets, { recursive: true, force: true }));
process.env.TMPDIR = sockets;
process.env.SANDBOX_BENEATH = beneath.join('\n');
await SandboxManager.initialize(
  {
    ...settings,
    network: {
      allowedDomains: hosts,
      deniedDomains: [],
    },
    filesystem: {
      ...settings.filesystem,
      allowRead: [...(settings.filesystem.allowRead ?? []), { path: sockets, literal: true }],
    },
    ...(process.platform === 'linux' && { bwrapPath: BUBBLEWRAP }),
  },
  undefined,
  true,
);

// The sandbox's own proxy has read the address of the person's proxy by now. That address may contain a
// password, which nothing inside needs to know.
for (const name of PROXIES) {
  delete process.env[name];
  delete process.env[name.toUpperCase()];
}

const violations = SandboxManager.getSandboxViolationStore();
const writeDown = refusalLog(refused);
let told = 0;
violations.subscribe(() => {
  const fresh = violations.getTotalCount() - told;
  told += fresh;
  for (const { line } of violations.getViolations(fresh)) writeDown(line);
});

/**
 * No core dumps, which may contain secrets, and a limit for processes and threads, which does not apply to
 * root.
 */
const LIMITS = `ulimit -c 0; ulimit -u ${confinement.limits.processes} 2>/dev/null`;

/** When the machine runs out of memory, the system ends what runs inside before Coppice and its server. */
const FIRST_TO_END = '{ echo 500 >/proc/self/oom_score_adj; } 2>/dev/null';

const { forwarding, direct } = loopback(hosts);
const inside = {
  ...INSIDE,
  ...confinement.variables,
  ...modelProxy?.variables,
  HOME: home,
  TMPDIR: temporary,
  CLAUDE_CODE_TMPDIR: temporary,
  // Without this variable, Node's own fetch ignores the proxy.
  NODE_USE_ENV_PROXY: '1',
  NO_PROXY: direct.join(','),
  no_proxy: direct.join(','),
};
const command = [
  forwarding,
  ...Object.entries(inside).map(([name, value]) => `export ${name}=${shellQuote(value)}`),
  LIMITS,
  confinement.homeSetup,
  `cd -- ${shellQuote(directory)} && exec ${argv.map(shellQuote).join(' ')}`,
].join('\n');
const wrapped = await SandboxManager.wrapWithSandbox(command);
// Signals for the program reach this process too. It ignores them, and exits after the program.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
const child = spawn(`${FIRST_TO_END}; exec ${wrapped}`, { shell: '/bin/sh', stdio: 'inherit' });
const watching = new AbortController();
if (process.platform === 'linux' && child.pid !== undefined) {
  const { limits, places, exceeded } = confinement;
  const watched = { pid: child.pid, limits, places, tell: refusalLog(exceeded) };
  void watchResources(watched, watching.signal);
}
child.once('exit', async (code, signal) => {
  watching.abort();
  await heardAll();
  SandboxManager.cleanupAfterCommand();
  await SandboxManager.reset();
  process.exit(code ?? 128 + constants.signals[signal ?? 'SIGKILL']);
});
