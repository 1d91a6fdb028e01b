/** An entry of the host list that is a port of this machine's loopback interface. */
const PORT = /^(localhost|127\.0\.0\.1|\[::1\]):(\d+)$/;

/**
 * How often Coppice checks whether a forwarder has started, and the pause between two checks in seconds. That
 * is five seconds in all.
 */
const LOOKS = 250;
const PAUSE = 0.02;

interface Loopback {
  /** Shell commands that make the listed ports of the host's loopback reachable on the sandbox's loopback. */
  readonly forwarding: string;
  /** Loopback names that programs reach without the proxy. */
  readonly direct: readonly string[];
}

/**
 * The sandbox has a loopback interface of its own, on which the processes of an agent can talk to each other.
 * On Linux, a listed port of the host is forwarded, so that programs without proxy support, such as database
 * clients, reach it too. On macOS, and for a name that is listed with all ports, programs use the proxy.
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

/** Reads the token that the outgoing proxy requires from the proxy's address in the environment. */
const TOKEN = `token=\${HTTP_PROXY%@*} token=\${token##*:}`;

function forward(host: string): string {
  const [, name = '', port = ''] = PORT.exec(host) ?? [];
  const listen = `TCP4-LISTEN:${port},bind=127.0.0.1,reuseaddr,fork,backlog=128`;
  const proxy = `PROXY:localhost:${name}:${port},proxyport=\${HTTP_PROXY##*:},proxyauth=srt:$token`;
  const listening = `:${Number(port).toString(16).toUpperCase().padStart(4, '0')} 00000000:0000 0A`;
  return [
    // The forwarder is detached from the shell, because an agent may wait for all children of its process.
    `( socat ${listen} "${proxy}" >/dev/null 2>&1 & )`,
    `looks=${LOOKS}; until grep -q '${listening}' /proc/net/tcp || [ $((looks -= 1)) -le 0 ]; do sleep ${PAUSE}; done`,
  ].join('\n');
}
