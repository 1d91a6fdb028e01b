import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GIT_ENVIRONMENT } from './git.ts';

const GIT_PATH = /^\/([^/]+\/[^/]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/;

export interface GitBackendOptions {
  /** Holds the bare repositories as `<owner>/<name>.git`. */
  readonly root: string;
  readonly token: string;
  /** Whether another token is as good. */
  accepts?(token: string): boolean;
  /** Called after a push, before its sender hears of it. */
  pushed(repository: string): Promise<void>;
}

/** Git's smart HTTP through `git http-backend`; both reading and pushing need the token. */
export function createGitBackend({
  root,
  token,
  accepts = () => false,
  pushed,
}: GitBackendOptions) {
  /** @returns false when the request is not git's */
  return async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    const url = new URL(request.url ?? '/', 'http://emulator');
    const [, repository, service] = GIT_PATH.exec(url.pathname) ?? [];
    if (repository === undefined) return false;
    // A scheme's name has no case: the header that CI systems set says `basic`.
    const given = request.headers.authorization?.replace(/^basic /i, '') ?? '';
    const [user, secret = ''] = Buffer.from(given, 'base64').toString().split(':');
    if (user !== 'x-access-token' || (secret !== token && !accepts(secret))) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="GitHub"' }).end();
      return true;
    }
    await runBackend(request, response, {
      ...GIT_ENVIRONMENT,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: `/${repository}.git/${service}`,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method,
      REMOTE_USER: 'x-access-token',
      CONTENT_TYPE: request.headers['content-type'],
      CONTENT_LENGTH: request.headers['content-length'],
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'],
      GIT_PROTOCOL: request.headers['git-protocol']?.toString(),
    });
    if (service === 'git-receive-pack') await pushed(repository);
    response.end();
    return true;
  };
}

/** Runs the CGI program, and passes its answer on without the end. */
async function runBackend(
  request: IncomingMessage,
  response: ServerResponse,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const child = spawn('git', ['http-backend'], { env, stdio: ['pipe', 'pipe', 'ignore'] });
  const exited = once(child, 'exit');
  // A sender that goes away ends the program's input; the program may also stop reading before the end.
  const sent = pipeline(request, child.stdin).catch(() => undefined);
  const { status, headers, rest } = await readHead(child.stdout);
  response.writeHead(status, headers);
  response.write(rest);
  await pipeline(child.stdout, response, { end: false });
  await Promise.all([sent, exited]);
}

async function readHead(stdout: Readable) {
  let read = Buffer.alloc(0);
  let end = -1;
  while (end < 0) {
    const chunk: Buffer | null = stdout.read();
    if (chunk) read = Buffer.concat([read, chunk]);
    else if (stdout.readableEnded) throw new Error('git http-backend gave no answer');
    else await Promise.race([once(stdout, 'readable'), once(stdout, 'end')]);
    end = read.indexOf('\r\n\r\n');
  }
  const lines = read.subarray(0, end).toString('latin1').split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [
      line.slice(0, line.indexOf(':')).toLowerCase(),
      line.slice(line.indexOf(':') + 1).trim(),
    ]),
  );
  const { status = '200', ...others } = headers;
  return { status: Number.parseInt(status, 10), headers: others, rest: read.subarray(end + 4) };
}
