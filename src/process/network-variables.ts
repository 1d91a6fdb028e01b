/** Through which proxy programs reach the network, and whom they trust there. */
const NETWORK =
  /^((https?|no|all)_proxy|NODE_EXTRA_CA_CERTS|NODE_USE_ENV_PROXY|NODE_USE_SYSTEM_CA|SSL_CERT_(FILE|DIR)|CURL_CA_BUNDLE|REQUESTS_CA_BUNDLE|GIT_SSL_CA(INFO|PATH))$/i;

/** Names of the variables that lead to a proxy: their values may hold a password. */
export const PROXIES = ['http_proxy', 'https_proxy', 'all_proxy'] as const;

/** Whether every program that reaches out must have this variable. */
export const isNetworkVariable = (name: string): boolean => NETWORK.test(name);

/** A proxy is asked for everything but these: no proxy leads to this machine. */
const LOOPBACK = ['localhost', '127.0.0.1', '::1'];

/**
 * The proxy variables of an environment as every program reads them: some read the small letters only, some the capitals,
 * Node.js neither unless told to, and some ask the proxy for this machine itself.
 * @returns what is to be added; nothing where there is no proxy
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
