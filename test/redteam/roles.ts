/** Issues of the sessions, and what each is for. */
export const VICTIM = 100;
/** They carry out most orders. */
export const CROWDS = [101, 102] as const;
/** Its words become a pull request. */
export const WRITER = 103;
/** Its words become a question. */
export const ASKER = 104;
/** Carries out orders without a sandbox. */
export const UNBOUND = 105;
/** The first of those whose turn leaves a trap. */
export const FIRST_TRAP = 110;

export const ROLES = {
  asks: (issue: number): boolean => issue === VICTIM || issue === ASKER,
};
