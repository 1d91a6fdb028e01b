import { subscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';

/**
 * How long Coppice waits for the last messages of the monitors, in milliseconds. The monitors end together
 * with the processes inside.
 */
const LIMIT = 5_000;

/**
 * How long Coppice still reads macOS's log after a program has ended, in milliseconds. That log has no end.
 */
const LATE = 100;

/**
 * Monitors beside the program report what was refused, on Linux through local sockets. The last messages may
 * arrive after the program has ended. This must be called before the sandbox starts.
 * @returns a function to call after the program has ended, which waits until all messages have arrived
 */
export function collectLateRefusals(): () => Promise<void> {
  const open = new Set<Socket>();
  subscribe('net.server.socket', (message) => {
    const { socket } = message as { socket: Socket };
    // A connection with an address belongs to a proxy, and not to a monitor.
    if (socket.remoteAddress !== undefined) return;
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return async () => {
    if (process.platform === 'darwin') await setTimeout(LATE);
    const limit = AbortSignal.timeout(LIMIT);
    // A socket that failed or took too long sends nothing more.
    await Promise.all(
      [...open].map((socket) => once(socket, 'close', { signal: limit }).catch(() => undefined)),
    );
  };
}
