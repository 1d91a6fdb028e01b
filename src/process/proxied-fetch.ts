import { PROXIES } from './network-variables.ts';

/** `fetch`, as far as it is used here. */
export type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

const hasProxy = (env: NodeJS.ProcessEnv): boolean =>
  PROXIES.some((name) => env[name] || env[name.toUpperCase()]);

/**
 * `fetch` through the proxy that the environment names, if it names one for the address. Node.js's own looks at these
 * variables only when it was started with NODE_USE_ENV_PROXY, which a command of a person's was not.
 */
export function proxiedFetch(env: NodeJS.ProcessEnv): Fetch {
  if (!hasProxy(env)) return fetch;
  let through: Promise<Fetch> | undefined;
  return async (url, init) => {
    through ??= load(env);
    return (await through)(url, init);
  };
}

async function load(env: NodeJS.ProcessEnv): Promise<Fetch> {
  const { EnvHttpProxyAgent, fetch: fetchThrough } = await import('undici');
  const of = (name: string) => env[name.toLowerCase()] || env[name.toUpperCase()];
  const all = asUrl(of('all_proxy'));
  const httpProxy = asUrl(of('http_proxy')) ?? all;
  const httpsProxy = asUrl(of('https_proxy')) ?? all ?? httpProxy;
  const dispatcher = new EnvHttpProxyAgent({
    ...(httpProxy !== undefined && { httpProxy }),
    ...(httpsProxy !== undefined && { httpsProxy }),
    noProxy: of('no_proxy') ?? '',
  });
  // The same interface, in the types of another version.
  type Through = typeof fetchThrough;
  return (url, init) =>
    fetchThrough(url, {
      ...(init as Parameters<Through>[1]),
      dispatcher,
    }) as unknown as Promise<Response>;
}

/** A proxy's address; programs take one without a scheme as well. Of others than HTTP's nothing is known here. */
function asUrl(proxy: string | undefined): string | undefined {
  if (!proxy) return undefined;
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(proxy) ? proxy : `http://${proxy}`;
  return /^https?:/i.test(url) && URL.canParse(url) ? url : undefined;
}
