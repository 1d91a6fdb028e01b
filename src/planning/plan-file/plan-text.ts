import { nearest } from '../../config/suggest.ts';
import { readTextFile } from '../../config/text-file.ts';
import { readYaml, type ValueProblem } from '../../config/yaml.ts';
import { agentNamed, noSuchAgent } from '../../domain/settings/agent-settings.ts';
import { CoppiceError } from '../../domain/shared/failure.ts';
import { findCycle } from '../../domain/shared/graph.ts';
import { oneLine } from '../../domain/shared/text.ts';
import { After, PlanFile, PlanFileIssue } from './plan-file.ts';

/** The largest plan file, in bytes. 5,000 issues with their evidence need about one megabyte. */
const MAX_BYTES = 8 * 1024 * 1024;

/** The agents of coppice.yaml. */
type Agents = Parameters<typeof agentNamed>[0];

/**
 * Reads and validates a plan file.
 * @param agents the agents that issues may name; when absent, names are not checked
 * @throws CoppiceError InvalidInput, naming every problem with its line and column
 */
export async function readPlanFile(file: string, agents?: Agents): Promise<PlanFile> {
  const text = await readTextFile(file, { limit: MAX_BYTES, failure: 'InvalidInput' });
  if (text === undefined) throw new CoppiceError('InvalidInput', `there is no plan at ${file}`);
  return parsePlan(text, file, agents);
}

/**
 * Does what `readPlanFile` does, for a text.
 * @param file the file's name, for messages
 */
export const parsePlan = (text: string, file: string, agents?: Agents): PlanFile =>
  readYaml(text, {
    ...{ file, schema: PlanFile, failure: 'InvalidInput', suggest },
    also: (value) => [...orderProblems(value), ...(agents ? agentProblems(value, agents) : [])],
  });

const KEYS: Readonly<Record<number, readonly string[]>> = {
  0: Object.keys(PlanFile.shape),
  2: [...Object.keys(PlanFileIssue.shape), 'reason'],
  4: Object.keys(After.out.shape),
};

function suggest(path: readonly string[], unknown: string): string {
  const meant = nearest(unknown, KEYS[path.length] ?? []);
  return meant === undefined ? '' : `did you mean ${meant}?`;
}

interface Entry {
  readonly issue: number;
  readonly path: readonly PropertyKey[];
  readonly after: readonly { readonly issue: number; readonly path: readonly PropertyKey[] }[];
}

/** Problems with the order of the issues, as far as they can be read. */
function orderProblems(value: unknown): ValueProblem[] {
  const entries = readEntries(value);
  const known = new Set<number>();
  const problems: ValueProblem[] = [];
  for (const { issue, path } of entries) {
    if (known.has(issue)) problems.push({ path, text: `#${issue} is in the plan twice` });
    known.add(issue);
  }
  for (const { issue, after } of entries)
    for (const { issue: dependency, path } of after) {
      if (dependency === issue) problems.push({ path, text: `#${issue} depends on itself` });
      else if (!known.has(dependency))
        problems.push({
          path,
          text: `#${issue} depends on #${dependency}, which is not in the plan: add it, or remove this`,
        });
    }
  const merged = Map.groupBy(entries, ({ issue }) => issue);
  const cycle = findCycle(
    new Map(
      [...merged].map(([issue, same]) => [
        issue,
        same.flatMap(({ after }) => after.map((edge) => edge.issue)),
      ]),
    ),
  );
  const first = entries.find(({ issue }) => issue === cycle?.[0]);
  if (cycle && first)
    problems.push({
      path: first.path,
      text: `dependencies go in a circle: ${cycle.map((number) => `#${number}`).join(' → ')}`,
    });
  for (const [at, overlap] of list(value, 'overlaps').entries()) {
    const path = ['overlaps', at];
    const pair = list(overlap, 'issues').filter((number) => typeof number === 'number');
    const stranger = pair.find((number) => !known.has(number));
    if (stranger !== undefined)
      problems.push({ path, text: `#${stranger} is not in the plan: add it, or remove this` });
    else if (pair.length === 2 && pair[0] === pair[1])
      problems.push({ path, text: `#${pair[0]} overlaps with itself` });
  }
  return problems;
}

/** Issues that name an agent which coppice.yaml does not have. */
const agentProblems = (value: unknown, agents: Agents): ValueProblem[] =>
  list(value, 'issues').flatMap((entry, index) => {
    const name = property(entry, 'agent');
    return typeof name !== 'string' || agentNamed(agents, name)
      ? []
      : [{ path: ['issues', index, 'agent'], text: noSuchAgent(oneLine(name, 60), agents) }];
  });

const readEntries = (value: unknown): Entry[] =>
  list(value, 'issues').flatMap((entry, index) => {
    const path = ['issues', index];
    const issue = numberOf(entry);
    if (issue === undefined) return [];
    const after = list(entry, 'after').flatMap((edge, at) => {
      const number = typeof edge === 'number' ? edge : numberOf(edge);
      return number === undefined ? [] : [{ issue: number, path: [...path, 'after', at] }];
    });
    return [{ issue, path: [...path, 'issue'], after }];
  });

function list(value: unknown, key: string): readonly unknown[] {
  const found = property(value, key);
  return Array.isArray(found) ? found : [];
}

function numberOf(value: unknown): number | undefined {
  const found = property(value, 'issue');
  return typeof found === 'number' ? found : undefined;
}

const property = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
