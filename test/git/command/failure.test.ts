import { once } from 'node:events';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { CoppiceError, TransientError } from '../../../src/domain/shared/failure.ts';
import { git } from '../../../src/git/command/client.ts';
import { gitError } from '../../../src/git/command/failure.ts';

const failed = (stderr: string) => gitError('fetch', { exitCode: 128, stdout: '', stderr });

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'coppice-failure-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

/** What git makes of a server that answers so. */
async function asked(answer: Parameters<typeof createServer>[1]): Promise<unknown> {
  const server: Server = createServer(answer as never);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/acme/app.git`;
  return git(directory(), ['ls-remote', url]).catch((error: unknown) => error);
}

test('a connection that is dropped, cut short or answered by a broken server is the network’s', async () => {
  const answers: Parameters<typeof asked>[0][] = [
    (request) => request.socket.destroy(),
    (_, response) => {
      response.writeHead(200, {
        'content-type': 'application/x-git-upload-pack-advertisement',
        'content-length': '4000',
      });
      response.write('001e# service=git-upload-pack\n0000', () => response.destroy());
    },
    (_, response) => void response.writeHead(500).end(),
    (_, response) => void response.writeHead(429).end(),
    (_, response) => void response.writeHead(503).end(),
  ];
  for (const answer of answers) expect(await asked(answer)).toBeInstanceOf(TransientError);
});

test('a login that is refused is asked about at once, a 403 only when it stays', async () => {
  const refused = await asked((_, response) => void response.writeHead(401).end());
  expect(refused).toMatchObject({ type: 'Unauthorized', mayPass: false });
  const forbidden = await asked((_, response) => void response.writeHead(403).end());
  expect(forbidden).toMatchObject({ type: 'Unauthorized', mayPass: true });
});

test.each([
  "fatal: unable to access 'https://github.com/a/b/': Empty reply from server",
  "fatal: unable to access 'https://github.com/a/b/': transfer closed with 1132 bytes remaining to read",
  "fatal: unable to access 'https://github.com/a/b/': something that curl says since yesterday",
  "fatal: unable to access 'https://github.com/a/b/': Received HTTP code 502 from proxy after CONNECT",
  'error: RPC failed; curl 92 HTTP/2 stream 5 was not closed cleanly: CANCEL (err 8)',
  'kex_exchange_identification: Connection closed by remote host\nfatal: Could not read from remote repository.',
  'ssh: Could not resolve hostname github.com: Name or service not known\nfatal: Could not read from remote repository.',
  'fatal: early EOF\nfatal: fetch-pack: invalid index-pack output',
])('passes by itself: %s', (stderr) => {
  expect(failed(stderr)).toBeInstanceOf(TransientError);
});

test('a repository of another user is told in one line, with the command that makes git trust it', async () => {
  const path = directory();
  await git(path, ['init', '--quiet']);
  // As if it were another's: git has this for its own tests.
  const env = { GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' };
  const failure = await git(path, ['rev-parse', '--git-dir'], { env }).catch((error) => error);
  expect(failure).toMatchObject({ type: 'GitFailed', mayPass: false, details: '' });
  expect(failure.message).toBe(
    `git does not trust ${path}, because it belongs to another user: if you do, run git config --global --add safe.directory '${path}'`,
  );
});

test('a git that was killed is tried again', () => {
  const killed = gitError('fetch', { exitCode: undefined, stdout: '', stderr: '' });
  expect(killed).toBeInstanceOf(TransientError);
});

test.each([
  "fatal: unable to access 'https://github.com/a/b/': SSL certificate problem: unable to get local issuer certificate",
  "fatal: unable to access 'https://github.com/a/b/': Received HTTP code 407 from proxy after CONNECT",
  "fatal: unable to access '/home/me/.config/git/config': Permission denied",
  "fatal: cannot lock ref 'refs/heads/agent/1': 'refs/heads/agent' exists; cannot create 'refs/heads/agent/1'",
  'Host key verification failed.\nfatal: Could not read from remote repository.',
  'error: RPC failed; HTTP 413 curl 22 The requested URL returned error: 413',
])('is asked about when it stays: %s', (stderr) => {
  const error = failed(stderr);
  expect(error).toBeInstanceOf(CoppiceError);
  expect(error).toMatchObject({ type: 'GitFailed', mayPass: true });
});

test('a lock is another git’s as long as one could hold it', () => {
  const lock = join(directory(), 'index.lock');
  const stderr = `fatal: Unable to create '${lock}': File exists.\n\nAnother git process seems to be running`;
  // It is gone by now.
  expect(failed(stderr)).toBeInstanceOf(TransientError);
  writeFileSync(lock, '');
  expect(failed(stderr)).toBeInstanceOf(TransientError);
  const yesterday = new Date(Date.now() - 86_400_000);
  utimesSync(lock, yesterday, yesterday);
  expect(failed(stderr)).toMatchObject({ type: 'GitFailed' });
});
