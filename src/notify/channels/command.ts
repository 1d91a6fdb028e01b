import { execa } from 'execa';
import { DeliveryError, headline, linesOf, PATIENCE, type Send } from './channel.ts';

/** What a program needs to find others, its own settings, and the desktop; no token of Coppice's. */
const PASSED = [
  ...['PATH', 'HOME', 'USER', 'LANG', 'LC_ALL', 'TMPDIR'],
  ...['DISPLAY', 'WAYLAND_DISPLAY', 'DBUS_SESSION_BUS_ADDRESS', 'XDG_RUNTIME_DIR'],
] as const;

/** Any program of the person's. It gets the message as JSON on standard input, and its words in two variables. */
export const runCommand: Send = async (channel, message, { env }) => {
  const [program = '', ...args] = channel.command ?? [];
  const { id, events } = message;
  const ran = await execa(program, args, {
    env: {
      ...Object.fromEntries(PASSED.map((name) => [name, env[name]])),
      ...{ COPPICE_TITLE: headline(message), COPPICE_TEXT: linesOf(message).join('\n') },
    },
    ...{ extendEnv: false, reject: false, timeout: PATIENCE, stdout: 'ignore', stderr: 'ignore' },
    input: JSON.stringify({ version: 1, id, events }),
  });
  if (!ran.failed) return;
  const how = ran.timedOut
    ? 'it took too long'
    : `it exited with ${ran.exitCode ?? ran.signal ?? ran.code}`;
  throw new DeliveryError(how);
};
