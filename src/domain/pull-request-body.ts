import type { Underlay } from './session.ts';

export interface BodyParts {
  readonly issue: number;
  readonly summary: string;
  readonly tests: string;
  readonly onTopOf?: Underlay | undefined;
}

/** A pull request's body, in Markdown. `Closes` takes effect when it is merged into the default branch. */
export function pullRequestBody({ issue, summary, tests, onTopOf }: BodyParts): string {
  const sections = [summary, `Closes #${issue}`];
  if (tests !== '') sections.push(`### How it was tested\n\n${tests}`);
  if (onTopOf)
    sections.push(
      `### Stacked\n\nOn top of #${onTopOf.issue} (${onTopOf.pullRequestUrl}); review and merge that one first.`,
    );
  return sections.join('\n\n');
}
