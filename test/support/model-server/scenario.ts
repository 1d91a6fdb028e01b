/** What an agent asks of its model, in whichever API. */
export interface Asked {
  /** The text of the last message that is a person's: the prompt of the turn, and what the agent put around it. */
  readonly prompt: string;
  /** All that was said to the model before it, oldest first. */
  readonly before: readonly string[];
  /** What the tools gave back since that prompt, in order. */
  readonly results: readonly string[];
  /** The tools the agent offers, by name, with the JSON schemas of their input. */
  readonly tools: Readonly<Record<string, ToolSchema>>;
}

/** JSON schema of a tool's input; of a tool that takes free text, that it does. */
export interface ToolSchema {
  readonly freeText?: true;
  readonly properties?: Readonly<Record<string, { readonly type?: unknown }>>;
  readonly required?: readonly string[];
}

interface ToolCall {
  readonly name: string;
  /** A string for a tool that takes free text. */
  readonly input: Readonly<Record<string, unknown>> | string;
}

/** What the model answers. */
export type Answer = { readonly text: string } | { readonly call: ToolCall };

/** What goes wrong instead of an answer. */
export type Fault =
  /** Over the account's limit; `resetsAt` in seconds since 1970. */
  | { readonly fault: 'limit'; readonly resetsAt?: number }
  | { readonly fault: 'overloaded' }
  /** A stream that turns into something else in its middle, and ends. */
  | { readonly fault: 'malformed' }
  /** No answer before the agent goes away. */
  | { readonly fault: 'silence' };

export type Reply = Answer | Fault;

/** A model's whole behaviour. It has no memory of its own: what came before is in what it is asked. */
export type Scenario = (asked: Asked) => Reply;

/** One thing after another, then silence of a model that has nothing to do: a last text. */
export const inOrder =
  (...replies: readonly ((asked: Asked) => Reply)[]): Scenario =>
  (asked) =>
    replies[asked.results.length]?.(asked) ?? { text: 'That is all.' };

/** Says something, and so ends the turn. */
export const say = (text: string) => (): Reply => ({ text });

/** Runs a command in the agent's own shell tool, whatever that is called. */
export const run =
  (command: string) =>
  ({ tools }: Asked): Reply => {
    const name = Object.keys(tools).find((tool) => SHELL.test(tool));
    if (name === undefined) return { text: `no shell among ${Object.keys(tools).join(', ')}` };
    return { call: { name, input: shellInput(command, tools[name] ?? {}) } };
  };

/** Calls a tool by its name. */
export const call = (name: string, input: Readonly<Record<string, unknown>>) => (): Reply => ({
  call: { name, input },
});

const SHELL = /^(bash|shell|shell_command|exec_command|exec)$/i;

function shellInput(command: string, schema: ToolSchema): ToolCall['input'] {
  // Codex has its newer models write JavaScript.
  if (schema.freeText)
    return `text(JSON.stringify(await tools.exec_command(${JSON.stringify({ cmd: command })})))`;
  const { properties = {} } = schema;
  const line = properties.command?.type === 'array' ? ['bash', '-c', command] : command;
  return {
    [properties.cmd ? 'cmd' : 'command']: line,
    ...(properties.description && { description: 'As asked' }),
  };
}
