import type { TurnKind } from '../../src/domain/session/turn.ts';

/* What a model finds in a prompt of Coppice's, as templates/prompt.md writes it. */

/** The number of its issue; undefined when it is no such prompt. */
export const issueIn = (prompt: string): string | undefined => /Issue #(\d+)/.exec(prompt)?.[1];

const HEADINGS: Readonly<Record<string, TurnKind>> = {
  'a plan': 'plan',
  'the work': 'implement',
  'go on': 'guidance',
  'resolve a conflict': 'resolve',
  finish: 'nudge',
  'feedback on your pull request': 'feedback',
};

/** Why the turn is taken. */
export const kindIn = (prompt: string): TurnKind | undefined =>
  HEADINGS[/^## This turn: (.+)$/m.exec(prompt)?.[1] ?? ''];

/** Whether the turn was begun before, and interrupted. */
export const isAgain = (prompt: string): boolean =>
  prompt.includes('You were interrupted in the middle of your work');

/** What the person said. */
export const guidanceIn = (prompt: string): string | undefined =>
  /^#+ .*guidance.*\n([\s\S]*?)(?=^#+ |$(?![\s\S]))/im.exec(prompt)?.[1]?.trim();

/** The ids of the points of feedback. */
export const pointsIn = (prompt: string): string[] =>
  [...prompt.matchAll(/^\[([a-z]+:\S+)\] @/gm)].map(([, id = '']) => id);
