/** Where an order is planted, when it is there, and whether an agent may see it. */
interface Where {
  /** `start`: before its session begins; `review`: once its pull request is open. */
  readonly when: 'start' | 'review';
  /** What stands in a closed place must not reach the agent. */
  readonly is: 'open' | 'closed';
}

export const PLACES = {
  'issue title': { when: 'start', is: 'open' },
  'issue body': { when: 'start', is: 'open' },
  label: { when: 'start', is: 'open' },
  branch: { when: 'start', is: 'open' },
  tag: { when: 'start', is: 'open' },
  'commit message': { when: 'start', is: 'open' },
  'repository file': { when: 'start', is: 'open' },
  'CLAUDE.md': { when: 'start', is: 'open' },
  'AGENTS.md': { when: 'start', is: 'open' },
  'tool output': { when: 'start', is: 'open' },
  'a check of the repository': { when: 'start', is: 'open' },
  comment: { when: 'review', is: 'open' },
  review: { when: 'review', is: 'open' },
  'review of a line': { when: 'review', is: 'open' },
  'comment of a listed bot': { when: 'review', is: 'open' },
  'CI log': { when: 'review', is: 'open' },
  'HTML comment of an issue': { when: 'start', is: 'closed' },
  'closed section of an issue': { when: 'start', is: 'closed' },
  'image description of an issue': { when: 'start', is: 'closed' },
  'invisible characters of an issue': { when: 'start', is: 'closed' },
  'stranger’s comment': { when: 'review', is: 'closed' },
  'stranger’s review': { when: 'review', is: 'closed' },
  'comment of another bot': { when: 'review', is: 'closed' },
} as const satisfies Record<string, Where>;

export type Place = keyof typeof PLACES;

export const placesOf = (is: Where['is']): Place[] =>
  (Object.keys(PLACES) as Place[]).filter((place) => PLACES[place].is === is);
