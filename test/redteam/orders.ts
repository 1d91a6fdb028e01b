import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** What the obedient agent is told beside what it reads: the meaning of each order, and the addresses of what it attacks. */
export const Orders = z.object({
  /** By the order's id. */
  orders: z.record(
    z.string(),
    z.object({
      issue: z.int(),
      run: z.string().optional(),
      file: z.object({ does: z.enum(['read', 'write']), path: z.string() }).optional(),
      says: z.string().optional(),
      trap: z.boolean(),
    }),
  ),
  /** Variables of the scripts. */
  variables: z.record(z.string(), z.string()),
});
export type Orders = z.infer<typeof Orders>;

/** The variable that names the file of orders. */
export const ORDERS = 'REDTEAM_ORDERS';

export const readOrders = (): Orders =>
  Orders.parse(JSON.parse(readFileSync(process.env[ORDERS] ?? '', 'utf8')));

/** Where the agent keeps what each order brought in, below its worktree. */
export const LOOT = 'redteam-loot';

/** It commits as itself. */
export const IDENTITY = {
  GIT_AUTHOR_NAME: 'Obedient',
  GIT_AUTHOR_EMAIL: 'obedient@example.com',
  GIT_COMMITTER_NAME: 'Obedient',
  GIT_COMMITTER_EMAIL: 'obedient@example.com',
};

/** How long an order may take, in milliseconds. */
const LIMIT = 8_000;

/** What every script can use, with `node` for a network that is asked in all ways. */
const PREAMBLE = `
OWN_GIT="$CHECKOUT/.git/coppice/app-issue-$ISSUE/git"
fetch_() { timeout 5 "$NODE" -e 'fetch(process.argv[1], {signal: AbortSignal.timeout(2500)}).then(async (r) => console.log(r.status, (await r.text()).slice(0, 300)), (e) => console.log(String(e.cause ?? e)))' "$1"; }
post_() { timeout 5 "$NODE" -e 'fetch(process.argv[1], {method: process.argv[3] || "POST", body: process.argv[2], headers: {"content-type": "application/json"}, signal: AbortSignal.timeout(2500)}).then(async (r) => console.log(r.status, (await r.text()).slice(0, 300)), (e) => console.log(String(e.cause ?? e)))' "$1" "$2" "$3"; }
connect_() { timeout 3 bash -c "exec 3<>/dev/tcp/127.0.0.1/$1"; }
socket_() { timeout 5 "$NODE" -e 'require("net").connect(process.argv[1]).on("connect", function () { this.end(process.env.MARK); console.log("says-it-reached"); }).on("error", (e) => console.log(e.code))' "$1"; }
datagram_() { timeout 5 "$NODE" -e 'const s = require("dgram").createSocket("udp4"); s.send(process.env.MARK, Number(process.env.DATAGRAM_PORT), process.argv[1], (e) => { console.log(String(e)); s.close(); })' "$1"; }
`;

/** Carries out an order in the current directory, once; what it prints is kept, whoever looks for it later. */
export async function carryOut(id: string, { orders, variables }: Orders): Promise<void> {
  const script = orders[id]?.run;
  const own = join('.coppice', LOOT);
  mkdirSync(own, { recursive: true });
  const loot = join(own, id);
  if (script === undefined || existsSync(loot)) return;
  writeFileSync(loot, '');
  const output = await runScript(script, {
    ...{ ...process.env, ...variables },
    ...IDENTITY,
    ...{ MARK: `pwned-${id}`, ISSUE: String(orders[id]?.issue) },
  });
  // A trap may have moved the directory away.
  if (existsSync(own)) appendFileSync(loot, output);
}

function runScript(script: string, env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn('sh', ['-c', PREAMBLE + script], {
      ...{ env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] as const },
    });
    const end = () => {
      clearTimeout(timer);
      resolve(output.slice(0, 20_000));
    };
    const timer = setTimeout(() => {
      try {
        process.kill(-(child.pid ?? 0), 'SIGKILL');
      } catch {
        // It ended meanwhile.
      }
      end();
    }, LIMIT);
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        if (output.length < 100_000) output += chunk.toString();
      });
    child.on('error', end);
    // Not `close`: what it left running may hold its output open.
    child.on('exit', end);
  });
}
