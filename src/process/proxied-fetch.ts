import type { Dispatcher } from 'undici';
import { PROXIES } from './network-variables.ts';

/** The part of `fetch` that is used here. */
export type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

const hasProxy = (env: NodeJS.ProcessEnv): boolean =>
  PROXIES.some((name) => env[name] || env[name.toUpperCase()]);

/**
 * A `fetch` that uses the proxy that the environment names for an address, if it names one. Node's own `fetch` reads these
 * variables only when Node was started with NODE_USE_ENV_PROXY, which is not the case for a command that a person types.
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
  const { fetch: fetchThrough } = await import('undici');
  const dispatcher = await proxiedAgent(env);
  // The interface is the same, but the types are those of another version of undici.
  type Through = typeof fetchThrough;
  return (url, init) =>
    fetchThrough(url, {
      ...(init as Parameters<Through>[1]),
      ...(dispatcher && { dispatcher }),
    }) as unknown as Promise<Response>;
}

/** What sends requests through the proxy that the environment names; undefined when it names none. */
export async function proxiedAgent(env: NodeJS.ProcessEnv): Promise<Dispatcher | undefined> {
  if (!hasProxy(env)) return undefined;
  const { EnvHttpProxyAgent } = await import('undici');
  const of = (name: string) => env[name.toLowerCase()] || env[name.toUpperCase()];
  const all = asUrl(of('all_proxy'));
  const httpProxy = asUrl(of('http_proxy')) ?? all;
  const httpsProxy = asUrl(of('https_proxy')) ?? all ?? httpProxy;
  return new EnvHttpProxyAgent({
    ...(httpProxy !== undefined && { httpProxy }),
    ...(httpsProxy !== undefined && { httpsProxy }),
    noProxy: of('no_proxy') ?? '',
  });
}

/** Parses a proxy's address, which may lack a scheme. Only HTTP proxies are supported. */
function asUrl(proxy: string | undefined): string | undefined {
  if (!proxy) return undefined;
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(proxy) ? proxy : `http://${proxy}`;
  return /^https?:/i.test(url) && URL.canParse(url) ? url : undefined;
}
