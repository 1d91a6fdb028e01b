/** What an agent asks leave for, as the Agent Client Protocol tells it. */
export interface ToolUse {
  /** The protocol's kind of tool: `execute`, `edit`, … */
  readonly kind: string;
  readonly title: string;
  /** The command of a shell. */
  readonly command?: string;
  /** Absolute paths it is about. */
  readonly paths: readonly string[];
}

/** The protocol's kinds in the names of `agent.allow`. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  read: ['Read'],
  search: ['Glob', 'Grep', 'Read'],
  edit: ['Edit', 'Write'],
  delete: ['Edit', 'Write'],
  move: ['Edit', 'Write'],
  execute: ['Bash'],
  fetch: ['WebFetch'],
};

/** What chains, substitutes or redirects: a rule about a command's beginning says nothing of what follows it. */
const COMPOUND = /[;&|<>`\n]|\$\(/;

/** Whether an allow-list such as `Edit`, `Bash(npm test:*)` covers a use of a tool. */
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

/** Agents put the server's name, each in its way, before the tool's. */
const ENDING = /^(mcp__coppice__|coppice_)?(report_outcome|ask_person)$/;

/** Whether it is one of the tools that Coppice gives it to end its turn with. */
export const endsTurn = ({ kind, title }: ToolUse): boolean =>
  kind === 'other' && ENDING.test(title);

/** Whether a planning turn may do it: read, and write below `own` alone. */
export function mayPlan(use: ToolUse, own: string): boolean {
  if (['read', 'search', 'think'].includes(use.kind)) return true;
  const inOwn = (path: string) => path.startsWith(`${own}/`) && !path.includes('/../');
  return use.kind === 'edit' && use.paths.length > 0 && use.paths.every(inOwn);
}

/** A use of a tool in the words of a rule: `Bash(npm test)`. */
export function described({ kind, title, command, paths }: ToolUse): string {
  const name = NAMES[kind]?.[0];
  const told = command ?? paths[0];
  if (name === undefined) return title;
  return told === undefined ? name : `${name}(${told})`;
}
