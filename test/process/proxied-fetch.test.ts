import { createServer, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createOctokit } from '../../src/github/api/octokit.ts';
import { proxiedFetch } from '../../src/process/proxied-fetch.ts';

const listen = async (server: ReturnType<typeof createServer>): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
};

/** A server, and a proxy that alone knows the way to `nowhere.invalid`. */
async function behindProxy() {
  const port = await listen(createServer((_, response) => response.end('"reached"')));
  const asked: string[] = [];
  const proxy = createServer((incoming, response) => {
    asked.push(incoming.url ?? '');
    request({ host: '127.0.0.1', port, path: new URL(incoming.url ?? '').pathname }, (answer) =>
      answer.pipe(response),
    ).end();
  });
  proxy.on('connect', ({ url }, client) => {
    asked.push(url ?? '');
    const there = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      there.pipe(client).pipe(there);
    });
    there.on('error', () => client.destroy());
    client.on('error', () => there.destroy());
  });
  return { asked, port, proxy: `127.0.0.1:${await listen(proxy)}` };
}

test('an address is reached through the proxy that the environment names, and an excepted one is not', async () => {
  const { asked, port, proxy } = await behindProxy();
  const reach = proxiedFetch({ HTTP_PROXY: proxy, NO_PROXY: '127.0.0.1' });
  expect(await (await reach(`http://nowhere.invalid:${port}/a`)).json()).toBe('reached');
  expect(asked).toHaveLength(1);
  expect(await (await reach(`http://127.0.0.1:${port}/b`)).json()).toBe('reached');
  expect(asked).toHaveLength(1);
});

test('so is GitHub', async () => {
  const { asked, port, proxy } = await behindProxy();
  vi.stubEnv('http_proxy', `http://${proxy}`);
  onTestFinished(() => void vi.unstubAllEnvs());
  const octokit = createOctokit({
    apiUrl: `http://nowhere.invalid:${port}`,
    tokens: async () => 'token',
  });
  expect((await octokit.request('GET /rate_limit')).status).toBe(200);
  expect(asked).toHaveLength(1);
});

test('without a proxy it is Node’s own fetch', () => {
  expect(proxiedFetch({ NO_PROXY: 'example.com' })).toBe(fetch);
});
