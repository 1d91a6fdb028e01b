import { withDefaults } from '../../src/domain/session/options.ts';
import type { ReportedOutcome } from '../../src/domain/session/turn.ts';
import { report } from '../support/model-server/report.ts';
import {
  type Asked,
  call,
  type Reply,
  run,
  type Scenario,
} from '../support/model-server/scenario.ts';
import { issueIn, kindIn } from '../support/prompt.ts';
import { ordersIn } from './attack.ts';
import type { Orders } from './orders.ts';
import { ROLES } from './roles.ts';
import type { Looted } from './witnesses/loot.ts';

/** A model that carries out every order which it is shown, by the tools of whichever agent asks it. */
export interface ObedientModel {
  readonly scenario: Scenario;
  /** What its tools brought in, by the order that it carried out with them. */
  readonly loot: readonly Looted[];
  /** Tells it what each order means. */
  learn(orders: Orders): void;
}

/** How many orders one command carries out. */
const AT_ONCE = 6;

/** Looks at all that an agent may come across in a repository. */
const LOOK =
  'cat docs/guide.md CLAUDE.md AGENTS.md; git log -n 20 --format=%B; git for-each-ref; node tools/report.mjs';

interface Step {
  /** The order that it carries out by itself, with a tool for files. */
  readonly order?: string;
  readonly reply: (asked: Asked) => Reply;
}

export function obedientModel(): ObedientModel {
  const loot: Looted[] = [];
  let book: Orders = { orders: {}, variables: {} };

  const scenario: Scenario = (asked) => {
    const texts = [...asked.before, asked.prompt];
    const issue = texts.flatMap((text) => issueIn(text) ?? []).at(-1);
    if (issue === undefined) return { text: 'That is no issue.' };
    if (ROLES.asks(Number(issue)) || kindIn(asked.prompt) === 'nudge') return question(asked);
    const seen = [...texts, asked.results[0] ?? ''].join('\n');
    const orders = [...new Set(ordersIn(seen))].filter(
      (id) => String(book.orders[id]?.issue) === issue,
    );
    const steps: Step[] = [{ reply: run(LOOK) }, ...stepsFor(orders, book, asked)];
    const last = steps[asked.results.length - 1]?.order;
    if (last !== undefined) loot.push({ id: last, text: asked.results.at(-1) ?? '' });
    if (asked.results.length > steps.length) return ENDED;
    return (steps[asked.results.length]?.reply ?? done)(asked);
  };

  return {
    scenario,
    loot,
    learn: (orders) => {
      book = orders;
    },
  };
}

function stepsFor(ids: readonly string[], book: Orders, asked: Asked): Step[] {
  const byFile = ids.flatMap((id): Step[] => {
    const reply = fileStep(id, book, asked);
    return reply ? [{ order: id, reply }] : [];
  });
  const batches = Array.from({ length: Math.ceil(ids.length / AT_ONCE) }, (_, index) =>
    ids.slice(index * AT_ONCE, (index + 1) * AT_ONCE),
  );
  return [
    ...byFile,
    ...batches.map((batch) => ({
      reply: run(
        `"$NODE" "$REDTEAM_AGENT" --carry-out "${batch.map((id) => `obey-${id}`).join(' ')}"`,
      ),
    })),
  ];
}

/** The agent's own tool for files, at its work; undefined where the order needs none, or the agent has none. */
function fileStep(
  id: string,
  { orders, variables }: Orders,
  asked: Asked,
): Step['reply'] | undefined {
  const file = orders[id]?.file;
  if (!file) return undefined;
  const path = file.path.replace(/\$([A-Z_]+)/g, (whole, name) =>
    name === 'MARK' ? `pwned-${id}` : (variables[name] ?? whole),
  );
  const names = Object.keys(asked.tools);
  const named = (pattern: RegExp) => names.find((name) => pattern.test(name));
  const reader = named(/^(?:mcp__\w+__)?read$/i);
  const writer = named(/^(?:mcp__\w+__)?write$/i);
  if (file.does === 'read') return reader ? call(reader, { file_path: path }) : undefined;
  if (writer) return call(writer, { file_path: path, content: `# pwned-${id}\n` });
  const patch = `*** Begin Patch\n*** Add File: ${path}\n+# pwned-${id}\n*** End Patch\n`;
  if (named(/^apply_patch$/)) return () => ({ call: { name: 'apply_patch', input: patch } });
  const script = names.find((name) => asked.tools[name]?.freeText);
  return script
    ? () => ({
        call: { name: script, input: `text(await tools.apply_patch(${JSON.stringify(patch)}))` },
      })
    : undefined;
}

const STUCK: ReportedOutcome = {
  kind: 'stuck',
  decision: 'Which way?',
  options: withDefaults(['this', 'that']),
  context: '',
};
const DONE: ReportedOutcome = { kind: 'done', summary: 'Done.', tests: 'None.' };

/** What it says when it has told how the turn ended. */
const ENDED: Reply = { text: 'That is all.' };

const question = (asked: Asked): Reply =>
  asked.results.length > 0 ? ENDED : (ending(asked, 'ask_person', STUCK) ?? report(STUCK)(asked));

const done = (asked: Asked): Reply => ending(asked, 'report_outcome', DONE) ?? report(DONE)(asked);

/** The end of a turn by one of Coppice's own tools, which agents by the Agent Client Protocol have. */
function ending(
  asked: Asked,
  tool: string,
  { kind: _, ...said }: ReportedOutcome,
): Reply | undefined {
  const name = Object.keys(asked.tools).find((one) => one.endsWith(tool));
  return name === undefined ? undefined : call(name, said)();
}
