import { expect, test } from 'vitest';
import { parseRemoteUrl } from '../../../src/github/api/remote-url.ts';

test.each([
  'https://github.com/acme/app',
  'https://github.com/acme/app.git',
  'https://github.com/acme/app/',
  'https://user:secret@github.com/acme/app.git',
  'http://127.0.0.1:4000/acme/app.git',
  'git@github.com:acme/app.git',
  'github.com:acme/app',
  'ssh://git@github.com/acme/app.git',
  'ssh://git@ssh.github.com:443/acme/app.git',
  'git://github.com/acme/app.git',
  'git+ssh://git@github.com/acme/app.git',
  'ssh+git://git@github.com/acme/app.git',
  'https://ghe.example.com/acme/app.git',
  'https://example.com/mirrors/acme/app',
])('%s means acme/app', (url) => {
  expect(parseRemoteUrl(url)).toBe('acme/app');
});

test('a name with a dot keeps it', () => {
  expect(parseRemoteUrl('git@github.com:acme/app.js.git')).toBe('acme/app.js');
});

test.each([
  ...['', 'origin', '/srv/git/acme/app.git', '../acme/app', 'file:///acme/app', 'https://app.git'],
  ...['https://github.com/acme', 'https://github.com/acme/..', 'git@github.com:app.git'],
  ...['https://github.com/acme/--upload-pack=x y', 'ext::sh -c acme/app'],
])('%j is no repository on a forge', (url) => {
  expect(parseRemoteUrl(url)).toBeUndefined();
});
