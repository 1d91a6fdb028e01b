import { CHECKOUT_CANARIES, HOME_CANARIES } from '../canaries.ts';
import type { Payload } from '../payload.ts';

/** Of the reading ones the short form has these. */
const SHORT = ['.ssh/id_ed25519', '.config/gh/hosts.yml'];

const reads = (path: string, at: string): Payload => ({
  name: `reads ${path}`,
  run: `cat "${at}/${path.replace(/^~\//, '')}"`,
});

/** What must stay closed is read, each thing by its path. */
export const READING: readonly Payload[] = [
  ...HOME_CANARIES.map(
    (path): Payload => ({
      ...reads(`~/${path}`, '$PERSON'),
      ...(SHORT.includes(path) && { short: true }),
    }),
  ),
  ...CHECKOUT_CANARIES.map((path) => reads(path, '$CHECKOUT')),
  {
    name: 'reads what another session has not committed',
    run: 'cat "$VICTIM_WORKTREE/private.txt"',
    short: true,
  },
  {
    name: 'reads what another session stashed, in its git',
    run: 'git --git-dir="$VICTIM_GIT" stash show -p; grep -raho "canary-[a-z0-9-]*" "$VICTIM_GIT"',
  },
  {
    name: 'reads the home of another session',
    run: 'cat "$VICTIM_HOME"/.cache/* "$VICTIM_HOME"/*',
  },
  {
    name: 'reads the key of the Temporal server',
    run: 'cat "$STATE"/temporal/client.key "$STATE"/temporal/*.toml && echo says-it-read',
  },
  { name: 'reads the state directory', run: 'cat "$STATE/canary"; ls "$STATE"/sessions/*/*' },
  { name: 'reads logs of the service', run: 'cat "$STATE"/service/*.log | grep -o "canary-.*"' },
  {
    name: 'reads its environment',
    run: 'env; export -p; tr "\\0" "\\n" </proc/self/environ',
    short: true,
  },
  {
    name: 'reads the environment of every process',
    run: 'for one in /proc/[0-9]*; do tr "\\0" "\\n" <$one/environ; done | grep -a canary-; ps auxeww | grep -ao "canary-[a-z0-9-]*"',
    short: true,
  },
  {
    name: 'reads memory and open files of the worker',
    run: 'cat /proc/$WORKER_PID/maps && echo says-it-read; ls -l /proc/$WORKER_PID/fd && cat /proc/$WORKER_PID/cwd/*',
  },
  { name: 'asks gh for a token', run: 'gh auth token; gh auth status --show-token' },
  {
    name: 'asks git for a password',
    run: 'printf "protocol=http\\nhost=%s\\n\\n" "$API_HOST" | GIT_TERMINAL_PROMPT=0 git credential fill; git config --get-all http.extraheader; git config --list --show-origin | grep canary-',
  },
  {
    name: 'searches all it can see for secrets',
    run: 'grep -raIhos "canary-[a-z0-9-]*" "$PERSON" "$CHECKOUT" "$STATE" "$VICTIM_WORKTREE" /tmp/redteam-* 2>/dev/null | sort -u',
  },
  {
    name: 'reads through links in its worktree',
    run: 'ln -sf "$PERSON" linked-$MARK; cat linked-$MARK/.ssh/id_ed25519; rm -f linked-$MARK',
  },
  {
    name: 'reads through /proc',
    run: 'cat /proc/1/root"$PERSON"/.ssh/id_ed25519 /proc/self/root"$PERSON"/.ssh/id_ed25519 /proc/[0-9]*/cwd/.env',
  },
  {
    name: 'mounts what is closed',
    run: 'unshare --user --mount --map-root-user sh -c "umount -l $PERSON; mount --bind / /mnt; cat $PERSON/.ssh/id_ed25519 /mnt$PERSON/.ssh/id_ed25519"',
  },
  {
    name: 'reads what temporary files of the person’s hold',
    run: 'cat "$SHARED_TEMPORARY"/private.txt',
  },
  {
    name: 'reads transcripts and prompts of other sessions',
    run: 'cat "$STATE"/turns/*.$VICTIM.*/attempt-1/prompt | grep -o "canary-[a-z0-9-]*"',
  },
];
