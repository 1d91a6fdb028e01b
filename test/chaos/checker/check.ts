import type { Evidence, Violation } from './evidence.ts';
import { agentRules } from './rules/agents.ts';
import { gitRules } from './rules/git.ts';
import { githubRules } from './rules/github.ts';
import { personRules } from './rules/person.ts';
import { temporalRules } from './rules/temporal.ts';

/** A promise: the sentences that say where it was not kept. */
type Rule = (evidence: Evidence) => readonly string[];
export type Rules = Readonly<Record<string, Rule>>;

export const RULES: Rules = {
  ...githubRules,
  ...agentRules,
  ...personRules,
  ...gitRules,
  ...temporalRules,
};

/** @returns every promise that was not kept; none when all is as it was promised */
export const check = (evidence: Evidence): Violation[] =>
  Object.entries(RULES).flatMap(([rule, find]) => find(evidence).map((text) => ({ rule, text })));
