import { request } from 'node:http';
import { expect, test } from 'vitest';
import { ClientError } from '../../src/client/types.ts';
import { board, session } from '../cli/records.ts';
import { openSite, type Site } from './site.ts';

interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** By Node's own client, which lets a test name any Host and Origin. */
const send = (
  { origin }: Pick<Site, 'origin'>,
  path: string,
  { method, headers, body }: Sent = {},
) =>
  new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; text: string }>(
    (resolve, reject) => {
      const sent = request(`${origin}${path}`, { method, headers }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part) => {
          text += part;
        });
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }),
        );
      });
      sent.on('error', reject).end(body);
    },
  );

const someBoard = () => board([session(124, { status: 'stuck', stuckReason: 'Which way?' })]);

/** What a browser that was logged in sends. */
async function loggedIn(site: Site): Promise<Record<string, string>> {
  const token = new URL(site.link).hash.slice('#token='.length);
  const { status, headers } = await send(site, '/api/login', {
    ...{ method: 'POST', headers: { origin: site.origin }, body: token },
  });
  expect(status).toBe(204);
  const [cookie = ''] = headers['set-cookie'] ?? [];
  expect(cookie).toMatch(/HttpOnly; SameSite=Strict$/);
  return { origin: site.origin, cookie: cookie.split(';')[0] ?? '' };
}

test('the page itself holds nothing of sessions, and may load nothing of other sites', async () => {
  const site = await openSite({ board: someBoard() });
  const { status, headers, text } = await send(site, '/');
  expect({ status, text }).toMatchObject({ status: 200, text: expect.not.stringContaining('124') });
  expect(headers['content-security-policy']).toBe(
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  );
  expect(headers['x-content-type-options']).toBe('nosniff');
  expect(headers['cache-control']).toBe('no-store');
});

test.for(['/api/events', '/api/issues/124'])('%s needs a login', async (path) => {
  const site = await openSite({ board: someBoard() });
  expect(await send(site, path)).toMatchObject({
    status: 401,
    text: '{"error":"This browser is not logged in: run `coppice board`."}',
  });
  const cookie = `coppice_board_${new URL(site.origin).port}=9999999999999.${'A'.repeat(43)}`;
  expect((await send(site, path, { headers: { cookie } })).status).toBe(401);
});

test('a link that was made up logs nobody in', async () => {
  const site = await openSite({ board: someBoard() });
  const body = `${Date.now() + 60_000}.${'A'.repeat(43)}`;
  const sent = { method: 'POST', headers: { origin: site.origin }, body };
  expect(await send(site, '/api/login', sent)).toMatchObject({
    status: 403,
    text: expect.stringContaining('run `coppice board` again'),
  });
});

test('another name that leads here, and another site, get nothing, logged in or not', async () => {
  const site = await openSite({ board: someBoard() });
  const own = await loggedIn(site);
  const guide = { method: 'POST', body: '"Do it"' };
  for (const headers of [
    { ...own, host: 'evil.example' },
    { ...own, origin: 'https://evil.example' },
    { ...own, origin: 'null' },
    { cookie: own.cookie ?? '' },
  ])
    expect((await send(site, '/api/issues/124/guide', { ...guide, headers })).status).toBe(403);
  expect((await send(site, '/', { headers: { host: 'evil.example' } })).status).toBe(403);
  expect(site.asked).toEqual([]);
  expect((await send(site, '/api/issues/124/guide', { ...guide, headers: own })).status).toBe(204);
  expect(site.asked).toEqual([['guide', 124, expect.objectContaining({ text: 'Do it' })]]);
});

test('what is not understood is refused with one line, and so is what a session refuses', async () => {
  const site = await openSite({
    board: someBoard(),
    guide: () => {
      throw new ClientError('Refused', '#124 asks a question, not for an approval');
    },
  });
  const headers = await loggedIn(site);
  const post = (path: string, body: string) => send(site, path, { method: 'POST', headers, body });
  expect(await post('/api/issues/124/guide', '{"txt": "yes"}')).toMatchObject({ status: 400 });
  expect(await post('/api/issues/124/guide', 'yes')).toMatchObject({ status: 400 });
  expect(await post('/api/issues/124/guide', '{"action": "approve"}')).toMatchObject({
    status: 409,
    text: '{"error":"#124 asks a question, not for an approval"}',
  });
  expect(await post('/api/issues/x/guide', '"yes"')).toMatchObject({ status: 404 });
  expect(await post('/api/runs/night', '{"do": "explode"}')).toMatchObject({ status: 400 });
  expect(await send(site, '/api/issues/999', { headers })).toMatchObject({ status: 404 });
});
