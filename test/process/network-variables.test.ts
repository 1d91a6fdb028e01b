import { expect, test } from 'vitest';
import { isNetworkVariable, proxyVariables } from '../../src/process/network-variables.ts';

test('a proxy is told to programs in every way that one of them reads, and is never asked for this machine', () => {
  expect(
    proxyVariables({ HTTPS_PROXY: 'http://proxy:3128', no_proxy: 'internal.example,localhost' }),
  ).toEqual({
    ...{ HTTPS_PROXY: 'http://proxy:3128', https_proxy: 'http://proxy:3128' },
    NO_PROXY: 'internal.example,localhost,127.0.0.1,::1',
    no_proxy: 'internal.example,localhost,127.0.0.1,::1',
    NODE_USE_ENV_PROXY: '1',
  });
  expect(proxyVariables({ http_proxy: 'proxy:3128', NO_PROXY: '*' })).toMatchObject({
    HTTP_PROXY: 'proxy:3128',
    no_proxy: '*',
  });
});

test('without a proxy nothing is added', () => {
  expect(proxyVariables({ NO_PROXY: 'example.com', HTTP_PROXY: '' })).toEqual({});
});

test.each([
  'HTTP_PROXY',
  'https_proxy',
  'no_proxy',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'GIT_SSL_CAINFO',
])('%s reaches every program', (name) => expect(isNetworkVariable(name)).toBe(true));

test.each(['NPM_TOKEN', 'GITHUB_TOKEN', 'MY_HTTP_PROXY_KEY'])('%s does not', (name) =>
  expect(isNetworkVariable(name)).toBe(false),
);
