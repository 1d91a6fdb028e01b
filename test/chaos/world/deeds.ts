import type { World } from '../checker/evidence.ts';
import type { WorldIssue } from './issues.ts';

type Mutable<List> = List extends readonly (infer Item)[] ? Item[] : never;

/** What the people of the world did, for the checker to compare with what came of it. */
export interface Deeds {
  /** What each issue's session was told, word for word, once. */
  readonly guidance: Mutable<World['guidance']>;
  /** Marks of what was said on pull requests, and the threads it began. */
  readonly feedback: Mutable<World['feedback']>;
  /** Questions that the world means to be asked, by the first words of each. */
  readonly questions: World['questions'];
  /** Does something once, and again only when it failed. */
  once(what: string, act: () => Promise<unknown>): Promise<void>;
  isDone(what: string): boolean;
}

export function createDeeds(issues: readonly WorldIssue[]): Deeds {
  const done = new Set<string>();
  return {
    guidance: [],
    feedback: [],
    questions: issues.flatMap(({ number: issue, traits }) => [
      ...(traits.includes('asks') ? [{ issue, begins: `Which way for ${issue}?` }] : []),
      ...(traits.includes('approval') ? [{ issue, begins: 'Approve' }] : []),
    ]),
    async once(what, act) {
      if (done.has(what)) return;
      await act();
      done.add(what);
    },
    isDone: (what) => done.has(what),
  };
}
