/** A port of this machine's loopback in the list of hosts. */
const PORT = /^(localhost|127\.0\.0\.1|\[::1\]):(\d+)$/;

/**
 * How often the start of a forwarder is checked, and the pause between two checks in seconds: five seconds in all.
 */
const LOOKS = 250;
const PAUSE = 0.02;

interface Loopback {
  /** Shell commands that make listed ports of the host's loopback those of the sandbox's. */
  readonly forwarding: string;
  /** Loopback names that programs don't ask the proxy for. */
  readonly direct: readonly string[];
}

/**
 * Loopback inside the sandbox is the sandbox's own, where an agent's parts may talk to each other. On Linux a listed port
 * is forwarded, so that a program that knows of no proxy, such as a database's, reaches it too; elsewhere, and for a name
 * listed with all its ports, programs ask the proxy.
 */
export function loopback(
  hosts: readonly string[],
  platform: NodeJS.Platform = process.platform,
): Loopback {
  const forwarded = platform === 'linux' ? hosts.filter((host) => PORT.test(host)) : [];
  const proxied = new Set(
    hosts
      .filter((host) => !forwarded.includes(host))
      .map((host) => host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')),
  );
  return {
    forwarding: forwarded.length === 0 ? '' : [TOKEN, ...forwarded.map(forward)].join('\n'),
    direct: ['localhost', '127.0.0.1', '::1'].filter((name) => !proxied.has(name)),
  };
}

/** The outgoing proxy requires a token, which it has put into the environment. */
const TOKEN = `token=\${HTTP_PROXY%@*} token=\${token##*:}`;

function forward(host: string): string {
  const [, name = '', port = ''] = PORT.exec(host) ?? [];
  const listen = `TCP4-LISTEN:${port},bind=127.0.0.1,reuseaddr,fork,backlog=128`;
  const proxy = `PROXY:localhost:${name}:${port},proxyport=\${HTTP_PROXY##*:},proxyauth=srt:$token`;
  const listening = `:${Number(port).toString(16).toUpperCase().padStart(4, '0')} 00000000:0000 0A`;
  return [
    // Nobody's child: an agent waits for its own.
    `( socat ${listen} "${proxy}" >/dev/null 2>&1 & )`,
    `looks=${LOOKS}; until grep -q '${listening}' /proc/net/tcp || [ $((looks -= 1)) -le 0 ]; do sleep ${PAUSE}; done`,
  ].join('\n');
}
