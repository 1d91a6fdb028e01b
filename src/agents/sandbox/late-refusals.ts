import { subscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';

/** How long the end of the monitors' messages is waited for, in milliseconds. They end with the processes inside. */
const LIMIT = 5_000;

/** How long macOS's log, which has no end, is listened to after a program has ended, in milliseconds. */
const LATE = 100;

/**
 * Monitors beside the program tell what was refused, on Linux over local sockets: the last of it may arrive after the
 * program has ended. Call this before the sandbox begins.
 * @returns what waits, after the program's end, until everything has been heard
 */
export function listenForEnd(): () => Promise<void> {
  const open = new Set<Socket>();
  subscribe('net.server.socket', (message) => {
    const { socket } = message as { socket: Socket };
    // The proxies' connections have an address.
    if (socket.remoteAddress !== undefined) return;
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return async () => {
    if (process.platform === 'darwin') await setTimeout(LATE);
    const limit = AbortSignal.timeout(LIMIT);
    // What failed or took too long has nothing more to tell.
    await Promise.all(
      [...open].map((socket) => once(socket, 'close', { signal: limit }).catch(() => undefined)),
    );
  };
}
