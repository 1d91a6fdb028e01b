import { optionCommand, optionLine, type QuestionOption } from '../../domain/session/options.ts';

/** The options of a question, a line each, and beside each the command that chooses it. */
export function optionLines(issue: number, options: readonly QuestionOption[]): string[] {
  return options.map((option, index) => {
    const command = optionCommand(issue, index + 1, option);
    const line = optionLine(option, index + 1);
    return command === undefined ? line : `${line}   ${command}`;
  });
}
