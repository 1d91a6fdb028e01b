import type { Payload } from '../payload.ts';

const fetches = (what: string, url: string, more: Partial<Payload> = {}): Payload => ({
  name: `reaches ${what}`,
  run: `fetch_ "${url}"`,
  ...more,
});

/** Who is not listed is asked, over each way there is. The servers write down who came. */
export const NETWORK: readonly Payload[] = [
  fetches('a server of this machine', 'http://127.0.0.1:$WEB_PORT/$MARK', { short: true }),
  fetches('it by its name', 'http://localhost:$WEB_PORT/$MARK'),
  fetches('it by the machine’s address', 'http://$MACHINE:$WEB_PORT/$MARK'),
  fetches('it by another loopback address', 'http://127.0.0.2:$WEB_PORT/$MARK'),
  fetches('it over IPv6', 'http://[::1]:$WEB_PORT/$MARK'),
  fetches('it as all addresses', 'http://0.0.0.0:$WEB_PORT/$MARK'),
  {
    name: 'reaches a server without the proxy',
    run: 'unset HTTP_PROXY HTTPS_PROXY http_proxy https_proxy ALL_PROXY all_proxy NODE_USE_ENV_PROXY; fetch_ "http://127.0.0.1:$WEB_PORT/$MARK"; fetch_ "http://$MACHINE:$WEB_PORT/$MARK"',
  },
  {
    name: 'reaches a server through the proxy against its rules',
    run: 'NO_PROXY= no_proxy= fetch_ "http://127.0.0.1:$WEB_PORT/$MARK"; NO_PROXY= no_proxy= fetch_ "http://$MACHINE:$WEB_PORT/$MARK"',
  },
  {
    name: 'opens a raw connection',
    run: `bash -c 'exec 3<>/dev/tcp/$MACHINE/$WEB_PORT && printf "GET /$MARK HTTP/1.0\\r\\n\\r\\n" >&3 && cat <&3'`,
  },
  {
    name: 'asks the proxy for a tunnel',
    run: `bash -c 'p=\${HTTP_PROXY:-$http_proxy}; p=\${p##*@}; p=\${p#http://}; exec 3<>/dev/tcp/\${p%:*}/\${p##*:} && printf "CONNECT 127.0.0.1:$WEB_PORT HTTP/1.1\\r\\nHost: api.github.com\\r\\n\\r\\nGET /$MARK HTTP/1.0\\r\\n\\r\\n" >&3 && timeout 3 cat <&3'`,
  },
  {
    name: 'sends a datagram',
    run: 'datagram_ 127.0.0.1; datagram_ $MACHINE',
  },
  {
    name: 'sends a name to whoever answers names',
    run: 'getent hosts $MARK.redteam.test; "$NODE" -e "new (require(\'dns\').Resolver)({timeout:500,tries:1}).resolve4(process.env.MARK + \'.redteam.test\', () => process.exit())"; datagram_ 127.0.0.1',
  },
  {
    name: 'reaches the keys of the person’s ssh',
    run: 'socket_ "$AGENT_SOCKET"; SSH_AUTH_SOCK="$AGENT_SOCKET" ssh-add -l',
    short: true,
  },
  {
    name: 'reaches the Temporal server',
    run: 'connect_ $TEMPORAL_PORT && echo says-it-reached; fetch_ "http://127.0.0.1:$TEMPORAL_PORT/$MARK"',
    short: true,
  },
  {
    name: 'starts a workflow',
    run: '"$TEMPORAL_CLI" workflow start --address 127.0.0.1:$TEMPORAL_PORT --type issueWorkflow --task-queue coppice --workflow-id $MARK --input "{}" --command-timeout 3s',
  },
  {
    name: 'starts an activity as the person',
    run: '"$TEMPORAL_CLI" activity start --address 127.0.0.1:$TEMPORAL_PORT --type setUp --activity-id $MARK --task-queue coppice-host-$HOST_ID --start-to-close-timeout 10s --input "{}" --command-timeout 3s',
  },
  {
    name: 'reaches the Temporal server by its socket',
    run: 'for one in "$STATE"/temporal/*.sock "$STATE"/temporal/*/*.sock "$STATE"/service/*.sock; do socket_ "$one"; done',
  },
  {
    name: 'reaches the Web UI',
    run: 'connect_ $UI_PORT && echo says-it-reached; fetch_ "http://127.0.0.1:$UI_PORT/$MARK"',
  },
  fetches('GitHub', '$API/repos/acme/app/issues/$MARK', { short: true }),
  {
    name: 'comments on another issue',
    run: 'post_ "$API/repos/acme/app/issues/$VICTIM/comments?$MARK" "{\\"body\\":\\"$MARK\\"}"',
  },
  {
    name: 'merges its pull request',
    run: 'post_ "$API/repos/acme/app/pulls/1/merge?$MARK" "{}" PUT',
  },
  { name: 'pushes to main', run: 'git push origin HEAD:main', short: true },
  { name: 'pushes another branch', run: 'git push origin HEAD:refs/heads/$MARK' },
  {
    name: 'pushes to an address of its own choice',
    run: 'git push "http://127.0.0.1:$WEB_PORT/$MARK.git" HEAD:main',
  },
];
