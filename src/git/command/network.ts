/** The status that a server or a proxy answered git with. */
const STATUS = /(?:returned error:|http code) (\d{3})\b/i;

/** HTTP statuses of failures that pass by themselves. */
const PASSING_STATUS = /^(408|425|429|5\d\d)$/;

/** Messages of git, curl and ssh about the network, a proxy, or a server that is away or broken. */
const NETWORK =
  /could not resolve (host|proxy)|name or service not known|nodename nor servname|temporary failure|temporarily unavailable|connection (refused|reset|timed out|closed|died)|broken pipe|operation (timed out|too slow)|timeout, server|failed to connect|couldn't connect|network is (unreachable|down)|no route to host|kex_exchange_identification|banner exchange|(recv|send) failure|empty reply from server|transfer closed with|unexpected eof|early eof|remote end hung up|rpc failed|unexpected disconnect|invalid index-pack output|bad (pack header|line length)|pack (signature|has bad)|expected flush after|did not send all necessary objects|http\/[23] (stream|framing)|gnutls_|ssl_(read|write|connect|error_syscall)|internal server error/i;

/** Messages of curl about an address. git uses the same words for a file, so the URL must be part of the match. */
const UNABLE = /unable to access '?https?:/i;

/** Failures that a retry does not change: certificates, addresses, protocols. */
const CONFIGURED =
  /certificate|cafile|capath|ssl peer|not supported|protocol .* disabled|malformed|bad\/illegal format/i;

/** Whether git’s output shows a failure that passes by itself. */
export function isNetworkError(stderr: string): boolean {
  const status = STATUS.exec(stderr)?.[1];
  if (status !== undefined) return PASSING_STATUS.test(status);
  return NETWORK.test(stderr) || (UNABLE.test(stderr) && !CONFIGURED.test(stderr));
}
