interface Asked {
  readonly method: string | undefined;
  readonly host: string | undefined;
  readonly origin: string | undefined;
}

/**
 * Why a server of this machine refuses a request; undefined when it does not. Other names than this host's own are refused, so
 * that a page of the internet whose name leads here (DNS rebinding) reads nothing, and so are other sites, by Origin. What changes
 * something must name its origin: without one a request only reads, which is what links and the address bar do.
 */
export function foreignRequest(
  { method = 'GET', host = '', origin }: Asked,
  port: number,
): string | undefined {
  if (![`127.0.0.1:${port}`, `localhost:${port}`].includes(host))
    return `This is not ${host.slice(0, 100)}.`;
  if (origin === undefined)
    return ['GET', 'HEAD'].includes(method)
      ? undefined
      : 'A request that changes something must name its origin.';
  return origin === `http://${host}` ? undefined : 'Another site may not use this one.';
}
