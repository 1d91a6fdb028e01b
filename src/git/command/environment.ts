import { isNetworkVariable } from '../../process/network-variables.ts';
import { trustOf } from './trust.ts';

/**
 * The environment of every git command that Coppice runs. Whoever works in a worktree can write the repository’s
 * configuration, so this overrides settings that would run a program, ask a person or open a window.
 */
const CONFIG: readonly (readonly [key: string, value: string])[] = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.quotePath', 'false'],
  ['credential.helper', ''],
  ['commit.gpgSign', 'false'],
  ['log.showSignature', 'false'],
  ['push.gpgSign', 'false'],
  ['push.followTags', 'false'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['submodule.recurse', 'false'],
  // 0 means one worker per processor. Measured: this saves a quarter of the time of `worktree add`.
  ['checkout.workers', '0'],
  ['rebase.autoStash', 'false'],
  ['rebase.updateRefs', 'false'],
  ['rerere.enabled', 'false'],
  // A branch that a power cut emptied is lost with its session: milliseconds for each change of a ref.
  ['core.fsync', 'reference'],
];

/**
 * What git and the programs that it starts (ssh, filters, merge drivers, signing) see of the worker's environment. It is a
 * list of what they need: keys of GitHub, of models and of Temporal are for none of them, and GIT_DIR of a hook or a trace
 * would change what a command does.
 */
const PASSED_ON =
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_.*|LOCALE_ARCHIVE|TERM|TZ|TMPDIR|XDG_.*|LD_LIBRARY_PATH|DYLD_.*|SSH_AUTH_SOCK|SSH_AGENT_PID|GNUPGHOME|GPG_TTY|GPG_AGENT_INFO|KRB5.*|DBUS_SESSION_BUS_ADDRESS|DISPLAY|WAYLAND_DISPLAY|XAUTHORITY|GIT_(SSH|SSH_COMMAND|CONFIG_GLOBAL|CONFIG_SYSTEM|CONFIG_NOSYSTEM|SSL_.*|(AUTHOR|COMMITTER)_(NAME|EMAIL)|EXEC_PATH|TEMPLATE_DIR))$/;

/**
 * Environment variable that marks the processes working in one worktree, so that processes that outlive their worker
 * can be found.
 */
export const GIT_MARK = 'COPPICE_GIT';

export function gitEnvironment(
  config: readonly (readonly [string, string])[],
  extra: Readonly<Record<string, string>>,
): Record<string, string> {
  const inherited = Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && (PASSED_ON.test(entry[0]) || isNetworkVariable(entry[0])),
  );
  const settings = [...CONFIG, ...config];
  return {
    ...Object.fromEntries(inherited),
    ...trustOf(process.env),
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '',
    GIT_EDITOR: ':',
    GIT_SEQUENCE_EDITOR: ':',
    GIT_PAGER: 'cat',
    GIT_OPTIONAL_LOCKS: '0',
    // What a server of Git LFS does not have stays a pointer.
    GIT_LFS_SKIP_DOWNLOAD_ERRORS: '1',
    SSH_ASKPASS_REQUIRE: 'never',
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(
      settings.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
    ...extra,
  };
}
