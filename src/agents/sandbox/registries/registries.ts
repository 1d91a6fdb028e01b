import type { Registry } from '../../../domain/settings/sandbox.ts';
import { isProgram } from '../../turn/environment.ts';
import { type Asking, TOOLS } from './tools.ts';

/** Where the tools of this machine get packages from, as each tells itself. */
export interface FoundRegistries {
  readonly tool: Registry;
  /** `registry.example.com`, with a port if it is not the usual one. */
  readonly hosts: readonly string[];
  /** What leads the tool to them in the sandbox, where it can't read the person's settings; without a login. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Milliseconds after which a tool is asked again; until it has answered, what it said before holds. */
const KEPT = 10 * 60_000;

const answers = new Map<string, { readonly asked: number; readonly found: Promise<URL[]> }>();

/** Asks the tools that are installed. A tool that fails to answer has no hosts. */
export async function findRegistries(
  tools: readonly Registry[],
  asking: Asking,
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

function answer(tool: Registry, asking: Asking): Promise<URL[]> {
  const key = JSON.stringify([tool, asking.env.PATH, asking.home, asking.project]);
  const known = answers.get(key);
  const now = Date.now();
  if (known && now - known.asked < KEPT) return known.found;
  const found = TOOLS[tool].ask(asking).then(urlsIn, () => []);
  if (!known) {
    answers.set(key, { asked: now, found });
    return found;
  }
  answers.set(key, { asked: now, found: known.found });
  void found.then((urls) => {
    if (urls.length > 0) answers.set(key, { asked: now, found });
  });
  return known.found;
}

/** A tool that is not led keeps its own default. */
function leading(tool: Registry, [main]: readonly URL[]): Readonly<Record<string, string>> {
  if (main === undefined) return {};
  const address = new URL(main);
  address.username = '';
  address.password = '';
  return Object.fromEntries((TOOLS[tool].variables ?? []).map((name) => [name, address.href]));
}

/** All URLs in texts. */
export const urlsIn = (texts: readonly string[]): URL[] =>
  texts
    .flatMap((text) => text.match(/https?:\/\/[^\s"'<>`,|)]+/g) ?? [])
    .flatMap((url) => (URL.canParse(url) ? [new URL(url)] : []));

/** `npm: registry.example.com` */
export const registryWords = ({ tool, hosts }: Pick<FoundRegistries, 'tool' | 'hosts'>): string =>
  `${tool}: ${hosts.length > 0 ? hosts.join(', ') : 'it told none; list its hosts in access.hosts'}`;
