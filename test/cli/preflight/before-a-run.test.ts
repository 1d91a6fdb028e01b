import { expect, test } from 'vitest';
import type { SigningState } from '../../../src/cli/preflight/signing.ts';
import type { BranchRule } from '../../../src/domain/pull-request/branch-rules.ts';
import { runInProcess } from '../../support/cli.ts';
import { world } from '../world.ts';

const FORCE: BranchRule = { type: 'non_fast_forward', checks: [], afterCreation: false };

/** What a person hears before a run of these issues. */
async function told(args: readonly string[], rules: readonly BranchRule[], signs?: SigningState) {
  const { services, asked } = world({ ...(signs && { signs }) });
  const github = await services.github?.();
  const branches: string[] = [];
  const branchRules = async (_: string, branch: string) => {
    branches.push(branch);
    return rules;
  };
  const ran = await runInProcess(['run', ...args], {
    services: {
      ...services,
      github: async () => Object.assign({ ...github }, { branchRules }) as never,
    },
  });
  expect({ exitCode: ran.exitCode, runs: asked.runs.length }).toEqual({ exitCode: 0, runs: 1 });
  return { stderr: ran.stderr, branches };
}

test('that rules forbid force pushes is told before a run with stacks, and no other', async () => {
  const stacked = await told(['11', '12', '--after', '12:11'], [FORCE]);
  expect(stacked.stderr).toContain('a ruleset applies to issue-11: it forbids force pushes');
  expect(stacked.branches).toEqual(['issue-11', 'main']);
  expect((await told(['11', '12'], [FORCE])).stderr).not.toContain('ruleset');
});

test('that the target branch requires signed commits is told before a run', async () => {
  const signatures = { ...FORCE, type: 'required_signatures' };
  const unsigned = await told(['11'], [signatures]);
  expect(unsigned.stderr).toContain('a ruleset applies to main: it requires signed commits');
  expect((await told(['11'], [signatures], { format: 'ssh' })).stderr).not.toContain('ruleset');
});

test('a person who signs hears who does it, or what keeps the key from it', async () => {
  expect((await told(['11'], [], { format: 'ssh' })).stderr).toContain(
    'you sign your commits (ssh): agents commit unsigned',
  );
  const locked = { format: 'ssh', problem: 'a commit could not be signed: no pinentry' };
  expect((await told(['11'], [], locked)).stderr).toContain(
    'coppice: a commit could not be signed',
  );
});
