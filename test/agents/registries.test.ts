import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import {
  findRegistries,
  registriesLine,
  urlsIn,
} from '../../src/agents/sandbox/registries/registries.ts';
import { Access, Registry } from '../../src/domain/settings/sandbox.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** A person's machine with programs that are shell scripts, and files in the home. */
function machine(programs: Record<string, string>, files: Record<string, string> = {}) {
  const home = temporaryDirectory('person');
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), text);
  };
  for (const [name, script] of Object.entries(programs)) {
    put(`bin/${name}`, `#!/bin/sh\n${script}\n`);
    chmodSync(join(home, 'bin', name), 0o755);
  }
  for (const [path, text] of Object.entries(files)) put(path, text);
  const env = { PATH: `${home}/bin:/usr/bin:/bin` };
  return {
    home,
    found: (tool: Registry) => findRegistries([tool], { env, home }),
    async find(tool: Registry, project?: string) {
      const [found] = await findRegistries([tool], { env, home, project });
      return found?.hosts;
    },
  };
}

test('npm tells its registries, those of scopes and of the person’s project included', async () => {
  const script = `case $PWD in */project) echo '{"registry":"https://mirror.test/npm/","@acme:registry":"http://me:pw@acme.test:8080/"}';;
    *) echo '{"registry":"https://default.test/"}';; esac`;
  const { find, home } = machine({ npm: script }, { 'project/x': '' });
  expect(await find('npm')).toEqual(['default.test']);
  expect(await find('npm', join(home, 'project'))).toEqual(['mirror.test', 'acme.test:8080']);
});

test('pip tells the index that is set, or its default, and where the files are', async () => {
  const help = `echo '  -i, --index-url <url>   Base URL of the Python Package Index (default https://index.test/simple). This'`;
  const report = `echo '{"install":[{"download_info":{"url":"https://files.test/pip.whl"}}]}'`;
  const pip = (listed: string) =>
    `case "$*" in *config*) echo "${listed}";; *--help) ${help};; *) ${report};; esac`;
  expect(await machine({ pip: pip('') }).find('pip')).toEqual(['index.test', 'files.test']);
  const mirror = machine({ pip: pip("global.index-url='https://me:pw@mirror.test/simple'") });
  expect(await mirror.find('pip')).toEqual(['mirror.test', 'files.test']);
  // In the sandbox it is led there, without the login.
  expect(await mirror.found('pip')).toMatchObject([
    { variables: { PIP_INDEX_URL: 'https://mirror.test/simple' } },
  ]);
});

test('uv, Go, Bundler, pnpm and Yarn tell theirs', async () => {
  const all = machine(
    {
      uv: `echo '      --default-index <U>  The URL of the default package index (by default: <https://uv.test/simple>)'`,
      go: `echo 'https://proxy.test,https://other.test|direct'; echo 'key+1 https://sum.test'`,
      gem: `echo '*** CURRENT SOURCES ***'; echo; echo https://gems.test/`,
      bundle: `echo 'mirror.https://gems.test/=https://mirror.test/'`,
      pnpm: 'echo https://pnpm.test/',
      yarn: '[ "$3" = npmRegistryServer ] && echo https://yarn.test',
    },
    { 'project/.yarnrc.yml': 'npmRegistryServer: "https://berry.test"\n' },
  );
  expect(await all.find('uv')).toEqual(['uv.test']);
  expect(await all.find('go')).toEqual(['proxy.test', 'other.test', 'sum.test']);
  expect(await all.find('bundler')).toEqual(['gems.test', 'mirror.test']);
  expect(await all.find('pnpm')).toEqual(['pnpm.test']);
  expect(await all.find('yarn')).toEqual(['yarn.test']);
  expect(await all.find('yarn', join(all.home, 'project'))).toEqual(['berry.test']);
});

test('Cargo names its index when it can’t reach it, and its index the host of the crates', async () => {
  const server = createServer((_, response) => response.end('{"dl":"https://crates.test/x"}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const script = `[ "$CARGO_HTTP_PROXY" = 127.0.0.1:9 ] && grep -q serde Cargo.toml || exit 1
    echo '  failed to download from \`http://${host}/config.json\`' >&2; exit 101`;
  expect(await machine({ cargo: script }).find('cargo')).toEqual([host, 'crates.test']);
});

test('Maven goes by a mirror of the person’s settings; Gradle by its init scripts', async () => {
  const { find } = machine(
    { mvn: 'exit 1', gradle: 'exit 1' },
    {
      '.m2/settings.xml':
        '<mirror><mirrorOf>*</mirrorOf><url>https://maven.test/all</url></mirror>',
      '.gradle/init.d/mirror.gradle': "repositories { maven { url 'https://gradle.test/' } }",
    },
  );
  expect(await find('maven')).toEqual(['maven.test']);
  expect(await find('gradle')).toEqual(['gradle.test']);
});

test('a tool is asked once, and its answer is there for the next process, without a login', async () => {
  const npm = `echo x >>"$0.asked"; echo '{"registry":"https://me:pw@mirror.test/npm/"}'`;
  const { home } = machine({ npm });
  const memory = join(home, 'cache');
  const ask = async (one: typeof findRegistries) => {
    const env = { PATH: `${home}/bin:/usr/bin:/bin` };
    return (await one(['npm'], { env, home, memory }))[0]?.hosts;
  };
  expect(await ask(findRegistries)).toEqual(['mirror.test']);
  expect(await ask(findRegistries)).toEqual(['mirror.test']);
  vi.resetModules();
  const next = await import('../../src/agents/sandbox/registries/registries.ts');
  expect(await ask(next.findRegistries)).toEqual(['mirror.test']);
  expect(readFileSync(join(home, 'bin/npm.asked'), 'utf8')).toBe('x\n');
  const [kept = ''] = readdirSync(memory);
  expect(readFileSync(join(memory, kept), 'utf8')).not.toContain('pw');
});

test('a tool that is not installed has none, and one that fails is told of', async () => {
  const { find } = machine({ npm: 'echo nonsense', pnpm: 'exit 1' });
  expect(await find('npm')).toEqual([]);
  expect(await find('pnpm')).toEqual([]);
  expect(await find('gradle')).toBeUndefined();
  expect(registriesLine({ tool: 'npm', hosts: [] })).toMatch(/^npm: .*access\.hosts/);
});

test('all tools count unless coppice.yaml names some; hosts are no tools', () => {
  expect(Access.parse({}).registries).toEqual(Registry.options);
  expect(Access.safeParse({ registries: ['mirror.test'] }).success).toBe(false);
  const urls = urlsIn(['https://a:b@h.test:80/x, http://h.test:443', 'no://x', 'direct']);
  expect(urls.map(({ host }) => host)).toEqual(['h.test:80', 'h.test:443']);
});
