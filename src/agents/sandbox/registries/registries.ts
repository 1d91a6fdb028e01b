import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import type { Registry } from '../../../domain/settings/sandbox.ts';
import { ignoringDamage, readJson, writeJson } from '../../../state/files/json-file.ts';
import { isProgram } from '../../turn/environment.ts';
import { TOOLS, type ToolQuery } from './tools.ts';

/** The package registries that a tool of this machine uses, as the tool itself reports. */
export interface FoundRegistries {
  readonly tool: Registry;
  /** Hosts such as `registry.example.com`, with a port if it is not the default one. */
  readonly hosts: readonly string[];
  /**
   * Environment variables that make the tool use them in the sandbox, where it can't read the person's
   * settings. They contain no login.
   */
  readonly variables: Readonly<Record<string, string>>;
}

/** Milliseconds after which a tool is asked again. Until it answers, its earlier answer is used. */
const KEPT = 10 * 60_000;

/** An answer of a tool. */
const Answer = z.object({ asked: z.number(), urls: z.array(z.url()) });
type Answer = z.infer<typeof Answer>;

const answers = new Map<string, Promise<Answer>>();

/** Asks each installed tool for its registries. A tool that fails to answer has no hosts. */
export async function findRegistries(
  tools: readonly Registry[],
  asking: ToolQuery,
): Promise<FoundRegistries[]> {
  const installed = tools.filter((tool) =>
    isProgram(TOOLS[tool].program, { PATH: asking.env.PATH ?? '' }, asking.home),
  );
  return Promise.all(
    installed.map(async (tool) => {
      const urls = await answer(tool, asking);
      return {
        tool,
        hosts: [...new Set(urls.map(({ host }) => host))],
        variables: leading(tool, urls),
      };
    }),
  );
}

async function answer(tool: Registry, asking: ToolQuery): Promise<URL[]> {
  const key = JSON.stringify([tool, asking.env.PATH, asking.home, asking.project]);
  const name = createHash('sha256').update(key).digest('hex');
  const file = asking.memory && join(asking.memory, `${name}.json`);
  const known = answers.get(key) ?? (file && (await ignoringDamage(readJson(file, Answer))));
  if (!known) {
    const first = askAnew(tool, asking, file);
    answers.set(key, first);
    return urlsOf(await first);
  }
  const before = await known;
  if (Date.now() - before.asked < KEPT) return urlsOf(before);
  answers.set(key, Promise.resolve({ ...before, asked: Date.now() }));
  void askAnew(tool, asking, file).then((now) => {
    if (now.urls.length > 0) answers.set(key, Promise.resolve(now));
  });
  return urlsOf(before);
}

async function askAnew(
  tool: Registry,
  asking: ToolQuery,
  file: string | undefined,
): Promise<Answer> {
  const urls = await TOOLS[tool].ask(asking).then(urlsIn, () => []);
  const found = { asked: Date.now(), urls: urls.map(withoutLogin) };
  if (file !== undefined && urls.length > 0) await writeJson(file, found);
  return found;
}

const urlsOf = ({ urls }: Answer): URL[] => urls.map((url) => new URL(url));

function withoutLogin(url: URL): string {
  const address = new URL(url);
  address.username = '';
  address.password = '';
  return address.href;
}

/** Environment variables for the main registry. Without them, a tool uses its own default. */
function leading(tool: Registry, [main]: readonly URL[]): Readonly<Record<string, string>> {
  if (main === undefined) return {};
  return Object.fromEntries((TOOLS[tool].variables ?? []).map((name) => [name, main.href]));
}

/** All URLs in texts. */
export const urlsIn = (texts: readonly string[]): URL[] =>
  texts
    .flatMap((text) => text.match(/https?:\/\/[^\s"'<>`,|)]+/g) ?? [])
    .flatMap((url) => (URL.canParse(url) ? [new URL(url)] : []));

/** A line for a person, such as `npm: registry.example.com`. */
export const registriesLine = ({ tool, hosts }: Pick<FoundRegistries, 'tool' | 'hosts'>): string =>
  `${tool}: ${hosts.length > 0 ? hosts.join(', ') : 'it reported none; list its hosts in access.hosts'}`;
