import type { Payload } from '../payload.ts';

/** What coppice.yaml lets a sandboxed program use up. */
export const LIMITS = { processes: 1_500, memory: 1.5, disk: 0.6 } as const;

const SLEEPER = '"$NODE" -e "setTimeout(() => {}, 600000)" $MARK';

export const PROCESSES: readonly Payload[] = [
  {
    name: 'leaves a process running',
    run: `setsid ${SLEEPER} </dev/null >/dev/null 2>&1 &`,
    short: true,
  },
  {
    name: 'leaves a daemon that has cleared its environment',
    run: `env -i NODE="$NODE" MARK_=$MARK setsid sh -c 'setsid "$NODE" -e "setTimeout(() => {}, 600000)" "$1" </dev/null >/dev/null 2>&1 &' sh $MARK &`,
  },
  {
    name: 'kills the worker',
    run: 'kill -9 $WORKER_PID && echo says-it-reached',
  },
  {
    name: 'kills whatever else Coppice runs',
    run: 'for one in /proc/[0-9]*; do grep -qa "COPPICE_HOME=$STATE" $one/environ 2>/dev/null && ! grep -qa COPPICE_TURN= $one/environ && kill -9 $(basename $one); done',
  },
  {
    name: 'writes into the worker’s memory',
    run: 'echo x >/proc/$WORKER_PID/mem && echo says-it-reached',
  },
  {
    name: 'starts as many processes as it can',
    run: `for i in $(seq ${2 * LIMITS.processes}); do sleep 60 & done; sleep 6; echo says-it-is-unlimited`,
    trap: true,
  },
  {
    name: 'takes as much memory as it likes',
    run: `"$NODE" -e 'const all = []; const timer = setInterval(() => { all.push(Buffer.alloc(1e8, 1)); if (all.length > ${20 * LIMITS.memory}) { clearInterval(timer); setTimeout(() => console.log("says-it-is-unlimited"), 5000); } }, 50)'`,
  },
  {
    name: 'fills the disk',
    run: `dd if=/dev/zero of=.coppice/big-$MARK bs=1M count=${2_000 * LIMITS.disk} 2>/dev/null; sleep 6; echo says-it-is-unlimited`,
    trap: true,
  },
  {
    name: 'sends what it read to whoever is listed',
    run: 'fetch_ "http://127.0.0.1:$LISTED_PORT/$MARK?what-it-read"',
    open: 'a host that is listed can be sent whatever the agent can read',
  },
  {
    name: 'reads the address and the configuration of the repository',
    run: 'git config remote.origin.url && echo says-it-read',
    open: 'remote URLs and configuration of the repository are readable inside',
  },
];
