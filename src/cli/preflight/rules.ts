import { mergeRulesAgainst, rulesAgainst } from '../../domain/pull-request/branch-rules.ts';
import { branchName } from '../../domain/shared/identity.ts';
import type { GitHub } from '../../github/port.ts';
import type { Project } from '../project.ts';
import type { SigningState } from './signing.ts';

export interface Pushes {
  /** The issue whose branch is asked about: the others' are named alike. */
  readonly issue: number;
  /** Whether sessions stand on each other. */
  readonly stacks: boolean;
  readonly signs: SigningState | undefined;
}

/** The pushes of a run, and the merges after them, that GitHub's rulesets would refuse, one line each. */
export async function ruleWarnings(
  github: Pick<GitHub, 'branchRules' | 'defaultBranch'>,
  { repository, config }: Project,
  { issue, stacks, signs }: Pushes,
): Promise<string[]> {
  const branch = branchName(config.branch, { repository, issue });
  const moves = stacks && config.policy.stacking === 'stack';
  const target = config.base ?? (await github.defaultBranch(repository));
  const use = { signs: signs !== undefined };
  return [
    ...rulesAgainst(await github.branchRules(repository, branch), {
      ...use,
      branch,
      stacks: moves,
    }),
    ...mergeRulesAgainst(await github.branchRules(repository, target), { ...use, branch: target }),
  ];
}
