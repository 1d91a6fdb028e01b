import type { Payload } from '../payload.ts';

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
    run: '[ "$(id -u)" = 0 ] || [ "$(bash -c "ulimit -u")" != unlimited ] || echo says-it-is-unlimited',
  },
  {
    name: 'takes as much memory as it likes',
    run: '[ "$(bash -c "ulimit -v")" != unlimited ] || grep -qs "^[0-9]" /sys/fs/cgroup/memory.max || echo says-it-is-unlimited',
    open: 'memory of what runs in the sandbox is not limited',
  },
  {
    name: 'fills the disk',
    run: '[ "$(bash -c "ulimit -f")" != unlimited ] || echo says-it-is-unlimited',
    open: 'what a session writes to its worktree and its home is not limited',
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
