/** Variables that name proxies, and certificates that programs trust. */
const NETWORK =
  /^((https?|no|all)_proxy|NODE_EXTRA_CA_CERTS|NODE_USE_ENV_PROXY|NODE_USE_SYSTEM_CA|SSL_CERT_(FILE|DIR)|CURL_CA_BUNDLE|REQUESTS_CA_BUNDLE|GIT_SSL_CA(INFO|PATH))$/i;

/** Variables that name a proxy. Their values may contain a password. */
export const PROXIES = ['http_proxy', 'https_proxy', 'all_proxy'] as const;

/** Whether every program that uses the network must have this variable. */
export const isNetworkVariable = (name: string): boolean => NETWORK.test(name);

/** Addresses for which no proxy is used, because no proxy leads to this machine. */
const LOOPBACK = ['localhost', '127.0.0.1', '::1'];

/**
 * Completes the proxy variables of an environment so that every program understands them. Some programs read only the lower-case
 * names and some only the upper-case ones, Node.js reads neither unless told to, and some ask the proxy even for this machine.
 * @returns the variables to add; empty when no proxy is set
 */
export function proxyVariables(env: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const of = (name: string) => env[name.toLowerCase()] || env[name.toUpperCase()];
  const proxies = PROXIES.flatMap((name) => {
    const value = of(name);
    return value ? [[name, value] as const, [name.toUpperCase(), value] as const] : [];
  });
  if (proxies.length === 0) return {};
  const excepted = (of('no_proxy') ?? '').split(/[\s,]+/).filter((host) => host !== '');
  const missing = excepted.includes('*') ? [] : LOOPBACK.filter((host) => !excepted.includes(host));
  const none = [...excepted, ...missing].join(',');
  return {
    ...Object.fromEntries(proxies),
    ...{ no_proxy: none, NO_PROXY: none },
    NODE_USE_ENV_PROXY: '1',
  };
}
