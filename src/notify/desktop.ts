import { execa } from 'execa';
import { oneLine } from '../domain/shared/text.ts';

/** Time limit in milliseconds, because a notification daemon that does not answer must not delay anything. */
const TIMEOUT = 5_000;

const APPLE_SCRIPT = 'on run {title, body}\ndisplay notification body with title title\nend run';

/** The program that shows a notification on this platform. Titles are passed as arguments, never as a script or to a shell. */
const command = (title: string, text: string): readonly [string, readonly string[]] =>
  process.platform === 'darwin'
    ? ['osascript', ['-e', APPLE_SCRIPT, '--', title, text]]
    : ['notify-send', ['--app-name=Coppice', '--', title, text]];

/**
 * Shows a notification on the desktop of the user who runs this process.
 * @throws when there is no desktop, or no program to reach it (libnotify's notify-send, or macOS's osascript)
 */
export async function showOnDesktop(
  title: string,
  text: string,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const [program, args] = command(oneLine(title, 120), oneLine(text, 500));
  await execa(program, args, { env, extendEnv: false, stdin: 'ignore', timeout: TIMEOUT });
}
