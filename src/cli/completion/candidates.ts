/** The parts of a command that its completion needs. */
export interface Completable {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly description: string;
  /** Its options: the flag, whether a value follows, and what it is for. */
  readonly options: readonly {
    readonly flag: string;
    readonly takesValue: boolean;
    readonly description: string;
  }[];
  /** The names of its arguments: `issue`, `issues`, `shell`. */
  readonly arguments: readonly string[];
}

export interface Candidate {
  readonly word: string;
  readonly description: string;
}

/** What may stand where the last of `words` is begun, or `issues` where those of the sessions may. */
export function candidatesFor(
  words: readonly string[],
  commands: readonly Completable[],
  shells: readonly string[],
): readonly Candidate[] | 'issues' {
  const begun = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const index = before.findIndex((word) => !word.startsWith('-'));
  const command = commands.find(({ name, aliases }) => {
    const word = before[index];
    return word !== undefined && (name === word || aliases.includes(word));
  });
  if (!command)
    return commands
      .map(({ name, description }) => ({ word: name, description }))
      .filter(startsWith(begun));
  const last = before.at(-1);
  const option = command.options.find(({ flag }) => flag === last);
  if (option?.takesValue) return [];
  if (begun.startsWith('-'))
    return command.options
      .map(({ flag, description }) => ({ word: flag, description }))
      .filter(startsWith(begun));
  if (command.arguments.some((name) => name === 'issue' || name === 'issues')) return 'issues';
  if (command.arguments.includes('shell'))
    return shells.map((word) => ({ word, description: '' })).filter(startsWith(begun));
  return [];
}

const startsWith =
  (begun: string) =>
  ({ word }: Candidate): boolean =>
    word.startsWith(begun);
