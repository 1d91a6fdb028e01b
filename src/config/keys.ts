import { z } from 'zod';
import { configJsonSchema } from './schema.ts';

/** A key of coppice.yaml, as its JSON Schema describes it. */
export interface ConfigKey {
  /** From the top, e.g. `['policy', 'turns']`. */
  readonly path: readonly string[];
  readonly description: string;
  /** What may stand there, in words: `integer`, `one of stack, after-merge`. */
  readonly type: string;
  /** Absent when there is no default. */
  readonly default?: unknown;
  /** A value to show: the default, or else an example. */
  readonly example: unknown;
  readonly children: readonly ConfigKey[];
}

const Node = z.object({
  description: z.string().default(''),
  type: z.string().optional(),
  enum: z.array(z.string()).optional(),
  default: z.unknown().optional(),
  examples: z.array(z.unknown()).optional(),
  items: z.object({ type: z.string() }).optional(),
  minimum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  maximum: z.number().optional(),
  get properties() {
    return z.record(z.string(), Node).optional();
  },
});
type Node = z.infer<typeof Node>;

const toKey = (path: readonly string[], node: Node): ConfigKey => ({
  path,
  description: node.description,
  type: typeInWords(node),
  ...(node.default !== undefined && !node.properties && { default: node.default }),
  example: node.examples?.[0] ?? node.default,
  children: childrenOf(path, node),
});

const childrenOf = (path: readonly string[], node: Node): ConfigKey[] =>
  Object.entries(node.properties ?? {}).map(([name, child]) => toKey([...path, name], child));

function typeInWords(node: Node): string {
  if (node.enum) return `one of ${node.enum.join(', ')}`;
  if (node.items) return `list of ${node.items.type}s`;
  if (node.properties) return 'section';
  if (node.type === 'object') return 'sections by name';
  if (node.type === 'integer') {
    const from = node.minimum ?? (node.exclusiveMinimum ?? 0) + 1;
    return `integer, ${from} to ${node.maximum}`;
  }
  return node.type ?? 'duration: seconds, or 90s, 10m, 2h, 1d';
}

/** Every key at the top of coppice.yaml, in the order of the schema. */
export const configKeys = (): ConfigKey[] => childrenOf([], Node.parse(configJsonSchema()));

export const allKeys = (keys = configKeys()): ConfigKey[] =>
  keys.flatMap((key) => [key, ...allKeys([...key.children])]);
