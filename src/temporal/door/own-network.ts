import { spawnSync } from 'node:child_process';

/**
 * A network and processes of their own, the file system as it is. Bubblewrap ends what runs inside when whoever started it ends.
 */
const BUBBLEWRAP = [
  ...['bwrap', '--unshare-net', '--unshare-pid', '--die-with-parent'],
  ...['--dev-bind', '/', '/', '--proc', '/proc', '--'],
] as const;

/** Whether this host can give a program a network of its own, and relay to it. */
export function hasOwnNetwork({ PATH }: NodeJS.ProcessEnv): boolean {
  const { status } = spawnSync(BUBBLEWRAP[0], [...BUBBLEWRAP.slice(1), 'socat', '-V'], {
    env: { PATH },
    stdio: 'ignore',
    timeout: 10_000,
  });
  return status === 0;
}

export function inOwnNetwork(alone: boolean, command: readonly string[]): [string, string[]] {
  const [program = '', ...rest] = alone ? [...BUBBLEWRAP, ...command] : command;
  return [program, rest];
}
