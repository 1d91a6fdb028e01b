/** A tool call for which an agent asks permission, from the Agent Client Protocol. */
export interface ToolUse {
  /** The protocol's kind of tool: `execute`, `edit`, … */
  readonly kind: string;
  readonly title: string;
  /** The command line, for a shell. */
  readonly command?: string;
  /** Absolute paths of the files that it uses. */
  readonly paths: readonly string[];
}

/** The names that `agent.allow` uses for the protocol's kinds of tools. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  read: ['Read'],
  search: ['Glob', 'Grep', 'Read'],
  edit: ['Edit', 'Write'],
  delete: ['Edit', 'Write'],
  move: ['Edit', 'Write'],
  execute: ['Bash'],
  fetch: ['WebFetch'],
};

/**
 * Shell syntax that chains, substitutes or redirects commands. A rule for the beginning of a command does not
 * cover what follows such syntax.
 */
const COMPOUND = /[;&|<>`\n]|\$\(/;

/** Whether an allow-list such as `Edit`, `Bash(npm test:*)` permits a tool call. */
export function isAllowed(use: ToolUse, allow: readonly string[]): boolean {
  if (use.kind === 'think') return true;
  const names = NAMES[use.kind] ?? [use.title];
  return allow.some((rule) => {
    if (names.includes(rule)) return true;
    const command = /^Bash\((.*)\)$/s.exec(rule)?.[1];
    return command !== undefined && use.command !== undefined && begins(use.command, command);
  });
}

function begins(command: string, rule: string): boolean {
  if (!rule.endsWith(':*')) return command === rule;
  const prefix = rule.slice(0, -2);
  return !COMPOUND.test(command) && (command === prefix || command.startsWith(`${prefix} `));
}

/**
 * Names of the tools that end a turn. Agents put the name of the MCP server before them in different ways.
 */
const ENDING = /^(mcp__coppice__|coppice_)?(report_outcome|ask_person)$/;

/** Whether it is one of Coppice's own tools that end a turn. */
export const endsTurn = ({ kind, title }: ToolUse): boolean =>
  kind === 'other' && ENDING.test(title);

/** Whether a planning turn may do it: it may read, and write only below `own`. */
export function mayPlan(use: ToolUse, own: string): boolean {
  if (['read', 'search', 'think'].includes(use.kind)) return true;
  const inOwn = (path: string) => path.startsWith(`${own}/`) && !path.includes('/../');
  return use.kind === 'edit' && use.paths.length > 0 && use.paths.every(inOwn);
}

/** A tool call in the form of a rule: `Bash(npm test)`. */
export function asRule({ kind, title, command, paths }: ToolUse): string {
  const name = NAMES[kind]?.[0];
  const told = command ?? paths[0];
  if (name === undefined) return title;
  return told === undefined ? name : `${name}(${told})`;
}
