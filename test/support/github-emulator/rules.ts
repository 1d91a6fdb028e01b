import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join, matchesGlob } from 'node:path';
import { ApiError, ok, page } from './answers.ts';
import { branches } from './git.ts';
import type { Operation } from './operations.ts';
import type { Presenter } from './present.ts';
import type { EmulatedRepository } from './state.ts';

/** A rule of a ruleset, for the branches that a pattern names. */
export interface EmulatedRule {
  readonly type:
    | 'non_fast_forward'
    | 'required_status_checks'
    | 'required_signatures'
    | 'required_linear_history'
    | 'creation';
  /** As in a ruleset's condition, without `refs/heads/`: `*`, `issue-*`. */
  readonly branches: string;
  readonly checks?: readonly string[];
  /** The app that must report the checks. */
  readonly app?: number;
}

/** What branch protection, the older of the two, requires of one branch. */
export interface EmulatedProtection {
  readonly branch: string;
  readonly checks: readonly string[];
}

export const ruleOperations = (present: Presenter): Operation[] => [
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/branches/{branch}',
    async handle({ repository, parameters }) {
      const branch = String(parameters.branch);
      const sha = (await branches(repository.directory)).get(branch);
      if (sha === undefined) throw new ApiError(404, 'Branch not found');
      return ok(present.branch(repository, branch, sha));
    },
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/rules/branches/{branch}',
    handle({ repository, parameters, url }) {
      const branch = String(parameters.branch);
      const rules = repository.rules.filter((rule) => matchesGlob(branch, rule.branches));
      return page(
        rules.map((rule) => shown(repository, rule)),
        parameters,
        url,
      );
    },
  },
];

const shown = ({ owner, name }: EmulatedRepository, { type, checks = [], app }: EmulatedRule) => ({
  type,
  ...(type === 'required_status_checks' && {
    parameters: {
      strict_required_status_checks_policy: false,
      do_not_enforce_on_create: false,
      required_status_checks: checks.map((context) => ({
        context,
        ...(app !== undefined && { integration_id: app }),
      })),
    },
  }),
  ...{ ruleset_source_type: 'Repository', ruleset_source: `${owner}/${name}`, ruleset_id: 42 },
});

/** Refuses pushes in GitHub's words. Merges are not pushes. */
export async function enforce({ directory, rules }: EmulatedRepository): Promise<void> {
  const hook = join(directory, 'hooks', 'pre-receive');
  await mkdir(join(directory, 'hooks'), { recursive: true });
  const cases = rules.map(
    (rule) => `  case "$ref" in refs/heads/${rule.branches}) ${test(rule)};; esac`,
  );
  const script = [
    '#!/bin/sh',
    'refuse() { echo "error: GH013: Repository rule violations found for $ref."; echo; echo "- $1"; echo; exit 1; }',
    'zero() { case "$1" in *[!0]*) return 1;; esac; }',
    'while read -r old new ref; do',
    ...cases,
    'done',
    '',
  ];
  await writeFile(hook, script.join('\n'));
  await chmod(hook, 0o755);
}

function test({ type, checks = [] }: EmulatedRule): string {
  switch (type) {
    case 'non_fast_forward':
      return 'zero "$old" || zero "$new" || git merge-base --is-ancestor "$old" "$new" || refuse "Cannot force-push to this branch"';
    case 'required_status_checks':
      return `refuse 'Required status check "${checks[0]}" is expected.'`;
    case 'required_signatures':
      return 'git cat-file commit "$new" | grep -q ^gpgsig || refuse "Commits must have verified signatures."';
    case 'required_linear_history':
      return 'zero "$new" || test -z "$(git rev-list --merges --max-count=1 "$new" --not --all)" || refuse "This branch must not contain merge commits."';
    case 'creation':
      return 'zero "$old" && refuse "Cannot create ref due to creations being restricted."';
  }
}
