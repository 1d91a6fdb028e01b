import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { startProxy, type Trouble } from './faults/proxy.ts';

/** A server that answers everything, and counts it, behind a proxy. */
async function behindProxy() {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    response.end('answered as it should be');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy = await startProxy();
  proxy.connectTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  onTestFinished(async () => {
    await proxy.close();
    server.close();
  });
  const get = async (path = '/repos', method = 'GET'): Promise<string> => {
    const answer = await fetch(`${proxy.url}${path}`, { method });
    const text = await answer.text();
    return answer.ok ? text : String(answer.status);
  };
  return { proxy, seen, get };
}

test.each<[Trouble, string, number]>([
  ['reset', 'failed', 0],
  ['lose', 'failed', 1],
  ['truncate', 'failed', 1],
  [429, '429', 0],
  [502, '502', 0],
])(
  'a request in trouble (%s) %s, GitHub has had it %i times, and the next one passes',
  async (trouble, ends, had) => {
    const { proxy, seen, get } = await behindProxy();
    const troubled = proxy.trouble(trouble, 'any', 1);
    expect(await get().catch(() => 'failed')).toBe(ends);
    expect([seen.length, troubled.met()]).toEqual([had, 1]);
    expect(await get()).toBe('answered as it should be');
  },
);

test('only requests of the kind that is meant are troubled', async () => {
  const { proxy, get } = await behindProxy();
  const [writes, git] = [proxy.trouble(500, 'write', 1), proxy.trouble(502, 'git', 1)];
  expect(await get()).toBe('answered as it should be');
  expect(await get('/graphql', 'POST')).toBe('answered as it should be');
  expect(await get('/repos/acme/app/pulls', 'POST')).toBe('500');
  expect(await get('/acme/app.git/info/refs?service=git-upload-pack')).toBe('502');
  expect([writes.met(), git.met()]).toEqual([1, 1]);
});

test('while the network is cut nothing passes, and afterwards it does', async () => {
  const { proxy, seen, get } = await behindProxy();
  const cut = proxy.cut();
  await expect(get()).rejects.toThrow();
  cut.heal();
  const passed = proxy.passed();
  expect(await get()).toBe('answered as it should be');
  await passed;
  expect([cut.met(), seen.length]).toEqual([1, 1]);
});
