import { rulesAgainst } from '../../domain/pull-request/branch-rules.ts';
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

/** The pushes of a run that GitHub's rulesets would refuse, one line each. */
export async function ruleWarnings(
  github: Pick<GitHub, 'branchRules'>,
  { repository, config }: Project,
  { issue, stacks, signs }: Pushes,
): Promise<string[]> {
  const branch = branchName(config.branch, { repository, issue });
  const moves = stacks && config.policy.stacking === 'stack';
  const rules = await github.branchRules(repository, branch);
  return rulesAgainst(rules, { branch, stacks: moves, signs: signs !== undefined });
}
