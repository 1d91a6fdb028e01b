/** A check that must be reported for a merge. */
export interface RequiredCheck {
  readonly name: string;
  /** GitHub's id of the app that must report it; null when anybody may. */
  readonly app: number | null;
}

/** Whether a report is that of a required check. @param app of the report: null for a person's, undefined when GitHub does not tell it */
export const isReportOf = (
  { name, app }: { readonly name: string; readonly app?: number | null | undefined },
  required: RequiredCheck,
): boolean =>
  name === required.name && (required.app === null || app === undefined || app === required.app);

/** A rule of GitHub's that holds for a branch, as far as it can stand in a session's way. */
export interface BranchRule {
  /** GitHub's name of it, e.g. `non_fast_forward`. */
  readonly type: string;
  /** Checks that must have passed before a push. */
  readonly checks: readonly RequiredCheck[];
  /** Whether the branch may be made before they have. */
  readonly afterCreation: boolean;
}

export interface BranchUse {
  /** One of the sessions' branches. */
  readonly branch: string;
  /** Whether branches stand on each other, and are moved. */
  readonly stacks: boolean;
  /** Whether the person signs their commits. */
  readonly signs: boolean;
}

/**
 * What these rules refuse to Coppice, which pushes to its own branches: a line each, with what to do. Whether the person may bypass
 * them, GitHub does not say.
 */
export function rulesAgainst(rules: readonly BranchRule[], use: BranchUse): string[] {
  const { branch } = use;
  const refused = rules.flatMap((rule) => refusedBy(rule, use));
  return [...new Set(refused)].map(
    (what) =>
      `a ruleset applies to ${branch}: it ${what} (GH013). Exclude such branches from that ruleset on GitHub, or add yourself to its bypass list`,
  );
}

/**
 * Why GitHub will not merge Coppice's commits into a branch as they are: a line each, with what to do. A linear history
 * is no obstacle, since Coppice makes no merge commits.
 */
export const mergeRulesAgainst = (
  rules: readonly BranchRule[],
  { branch, signs }: Pick<BranchUse, 'branch' | 'signs'>,
): string[] =>
  !signs && rules.some(({ type }) => type === 'required_signatures')
    ? [
        `a ruleset applies to ${branch}: it requires signed commits, and your git configuration signs none. GitHub can merge the pull requests only by squashing. Set commit.gpgsign and a key, or squash`,
      ]
    : [];

function refusedBy(
  { type, checks, afterCreation }: BranchRule,
  { stacks, signs }: BranchUse,
): string[] {
  switch (type) {
    case 'non_fast_forward':
      return stacks
        ? ['forbids force pushes: a stacked branch can’t be rebased when its base changes']
        : [];
    case 'required_status_checks': {
      const names = checks.slice(0, 5).map(({ name }) => name);
      const named = names.length > 0 ? ` (${names.join(', ')})` : '';
      const pushes = afterCreation ? 'each push after the first one' : 'each push';
      return [`requires checks${named} to pass before a push: ${pushes} is refused`];
    }
    case 'pull_request':
      return ['requires a pull request for every change: pushes to it are refused'];
    case 'creation':
      return ['forbids creating such a branch'];
    case 'update':
      return ['forbids pushes to it'];
    case 'required_signatures':
      return signs ? [] : ['requires signed commits, and your git configuration signs none'];
    default:
      return [];
  }
}
