import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import type { Registry } from '../../../domain/settings/sandbox.ts';
import { proxiedFetch } from '../../../process/proxied-fetch.ts';

/** How a tool is asked: with the person's environment, in the person's home or project. */
export interface ToolQuery {
  readonly env: NodeJS.ProcessEnv;
  readonly home: string;
  /** A checkout whose settings are the person's; absent where an agent may have written them. */
  readonly project?: string | undefined;
  /** A directory in which answers are stored for later processes. */
  readonly memory?: string;
}

/** Milliseconds that a tool has for an answer. */
const TIMEOUT = 20_000;

interface Tool {
  readonly program: string;
  /**
   * Returns texts that contain the URLs of its registries, including its default one. The main registry is
   * first.
   */
  ask(asking: ToolQuery): Promise<readonly string[]>;
  /**
   * Environment variables that make it use the main registry, because it can't read the person's settings in
   * the sandbox.
   */
  readonly variables?: readonly string[];
}

/** How each tool reports its registries. */
export const TOOLS: Readonly<Record<Registry, Tool>> = {
  npm: {
    program: 'npm',
    variables: ['npm_config_registry'],
    async ask(asking) {
      const listed = await run(asking, ['npm', 'config', 'list', '--json'], asking.project);
      const settings = Object.entries(JSON.parse(listed || '{}') as Record<string, unknown>);
      const of = (name: RegExp) =>
        settings.flatMap(([key, value]) => (name.test(key) ? [`${value}`] : []));
      return [...of(/^registry$/), ...of(/:registry$/)];
    },
  },
  pnpm: {
    program: 'pnpm',
    // It is not run in the project, where it would start the version that the project names.
    ask: async (asking) => [await run(asking, ['pnpm', 'config', 'get', 'registry'])],
  },
  yarn: {
    program: 'yarn',
    variables: ['YARN_REGISTRY', 'YARN_NPM_REGISTRY_SERVER'],
    // It is not run in the project, where it would start the program that the project names.
    async ask(asking) {
      const settings = asking.project && join(asking.project, '.yarnrc.yml');
      const own = /^npmRegistryServer:.*$/m.exec(textOf(settings))?.[0];
      if (own !== undefined) return [own];
      return Promise.all(
        ['registry', 'npmRegistryServer'].map((key) => run(asking, ['yarn', 'config', 'get', key])),
      );
    },
  },
  pip: {
    program: 'pip',
    variables: ['PIP_INDEX_URL'],
    async ask(asking) {
      const configured = (await run(asking, ['pip', 'config', 'list']))
        .split('\n')
        .filter((line) => /index-url/.test(line))
        .sort((a, b) => Number(/extra-index/.test(a)) - Number(/extra-index/.test(b)));
      const main = configured.some((line) => !/extra-index-url/.test(line));
      const usual = main ? '' : defaultIn(await run(asking, ['pip', 'install', '--help']));
      // Its packages may be on another host than its index.
      const options = ['--dry-run', '--quiet', '--report', '-', '--ignore-installed', '--no-deps'];
      const report = await run(asking, ['pip', 'install', ...options, 'pip']);
      return [usual, ...configured, ...(report.match(/"url":\s*"https?:[^"]*/g) ?? [])];
    },
  },
  uv: {
    program: 'uv',
    variables: ['UV_DEFAULT_INDEX'],
    async ask(asking) {
      const set = ['UV_DEFAULT_INDEX', 'UV_INDEX_URL', 'UV_INDEX', 'UV_EXTRA_INDEX_URL'];
      const configured = [
        ...set.map((name) => asking.env[name] ?? ''),
        textOf(join(asking.env.XDG_CONFIG_HOME ?? join(asking.home, '.config'), 'uv/uv.toml')),
      ].filter((text) => /https?:/.test(text));
      if (configured.length > 0) return configured;
      return [defaultIn(await run(asking, ['uv', 'pip', 'install', '--help']))];
    },
  },
  cargo: { program: 'cargo', ask: askCargo },
  go: {
    program: 'go',
    variables: ['GOPROXY'],
    async ask(asking) {
      const [proxies = '', sums = ''] = (
        await run(asking, ['go', 'env', 'GOPROXY', 'GOSUMDB'])
      ).split('\n');
      const sum = sums.split(' ').at(-1) ?? '';
      return [...proxies.split(/[,|]/), sum === 'off' ? '' : withScheme(sum)];
    },
  },
  maven: { program: 'mvn', ask: askMaven },
  gradle: {
    program: 'gradle',
    // Registries that a build itself names are known only when the build runs.
    async ask({ home, env }) {
      const directory = env.GRADLE_USER_HOME ?? join(home, '.gradle');
      const scripts = existsSync(join(directory, 'init.d'))
        ? readdirSync(join(directory, 'init.d')).map((name) => join('init.d', name))
        : [];
      return ['init.gradle', 'init.gradle.kts', ...scripts].map((name) =>
        textOf(join(directory, name)),
      );
    },
  },
  bundler: {
    program: 'gem',
    ask: async (asking) => [
      await run(asking, ['gem', 'sources']),
      // `mirror.https://one/=https://another/`
      (await run(asking, ['bundle', 'config', 'list', '--parseable'])).replaceAll('=', ' '),
    ],
  },
};

/** Cargo names its index in the error when it can't reach it. The index names the host of the crates. */
async function askCargo(asking: ToolQuery): Promise<readonly string[]> {
  const directory = mkdtempSync(join(tmpdir(), 'coppice-cargo-'));
  try {
    const manifest = [
      ...['[package]', 'name = "asking"', 'version = "0.0.0"', 'edition = "2021"'],
      ...['[lib]', 'path = "lib.rs"', '[dependencies]', 'serde = "*"'],
    ];
    writeFileSync(join(directory, 'Cargo.toml'), manifest.join('\n'));
    writeFileSync(join(directory, 'lib.rs'), '');
    const generate = (env: NodeJS.ProcessEnv) =>
      run({ ...asking, env: { ...asking.env, ...env } }, ['cargo', 'generate-lockfile'], directory);
    const refused = await generate({
      ...{ CARGO_HTTP_PROXY: '127.0.0.1:9', CARGO_NET_RETRY: '0', CARGO_TERM_COLOR: 'never' },
    });
    const configuration = /failed to download from `(https?:[^`]*)`/.exec(refused)?.[1];
    if (configuration === undefined) return [];
    return [configuration, await answerOf(configuration, asking.env)];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The text at a URL; empty when it can't be fetched. */
async function answerOf(url: string, env: NodeJS.ProcessEnv): Promise<string> {
  try {
    const init = { signal: AbortSignal.timeout(TIMEOUT) };
    return await (await proxiedFetch(env)(url, init)).text();
  } catch {
    return '';
  }
}

/** The mirror of the person's settings, or the repository that Maven's built-in model names. */
async function askMaven(asking: ToolQuery): Promise<readonly string[]> {
  const settings = textOf(join(asking.home, '.m2/settings.xml'));
  const urls = settings.match(/<url>\s*https?:[^<]*<\/url>/g) ?? [];
  if (/<mirrorOf>[^<]*(\*|central)/.test(settings)) return urls;
  const home = /^Maven home: (.*)$/m.exec(await run(asking, ['mvn', '--version', '--batch-mode']));
  const library = join((home?.[1] ?? '').trim(), 'lib');
  const jar = existsSync(library)
    ? readdirSync(library).find((name) => /^maven-model-builder-.*\.jar$/.test(name))
    : undefined;
  if (jar === undefined) return urls;
  const model = 'org/apache/maven/model/pom-4.0.0.xml';
  const text = await run(asking, ['unzip', '-p', join(library, jar), model]);
  return [...urls, ...(text.match(/<url>\s*https?:[^<]*<\/url>/g) ?? [])];
}

/** The tool's output, or for cargo its standard error; empty when it can't be run. */
async function run(
  { env, home }: ToolQuery,
  [program = '', ...args]: readonly string[],
  directory = home,
): Promise<string> {
  const said = await execa(program, args, {
    ...{ cwd: directory, extendEnv: false, reject: false, stdin: 'ignore', timeout: TIMEOUT },
    // Helps are not folded within a URL; nothing is fetched to answer.
    env: { ...env, COLUMNS: '500', YARN_IGNORE_PATH: '1', COREPACK_ENABLE_NETWORK: '0' },
    maxBuffer: 4 * 1024 * 1024,
  });
  return args[0] === 'generate-lockfile' ? (said.stderr ?? '') : (said.stdout ?? '');
}

/** The URL in `(default https://…)` of a help text. */
const defaultIn = (help: string): string =>
  /\bdefault(?: is|:)?\s*<?(https?:[^\s)>]*)/.exec(help)?.[1] ?? '';

const withScheme = (host: string): string =>
  host === '' || /^https?:/.test(host) ? host : `https://${host}`;

const textOf = (path: string | undefined): string =>
  path !== undefined && dirname(path) !== '' && existsSync(path) ? readFileSync(path, 'utf8') : '';
