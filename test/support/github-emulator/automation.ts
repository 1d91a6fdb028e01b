import type { RepositoryName } from '../../../src/domain/shared/repository.ts';
import { checkRunsOf, statusesOf } from './checks.ts';
import type { CiRunner } from './ci.ts';
import { branches, git } from './git.ts';
import { type MergeMethod, mergeBranches } from './merge.ts';
import { addEvent, followBranches, landed, mergePull } from './pulls.ts';
import {
  type EmulatedPullRequest,
  type EmulatedRepository,
  exclusively,
  pullOf,
  type State,
} from './state.ts';

/** Merges that GitHub does by itself, once a person has asked for them. */
export interface Automation {
  /** Merges when the checks pass and it is no draft. */
  enableAutoMerge(repository: RepositoryName, pullRequest: number, method?: MergeMethod): void;
  /** Puts it into the base's merge queue, which checks its merge on a branch of its own. */
  enqueue(repository: RepositoryName, pullRequest: number, method?: MergeMethod): void;
}

export interface AutomationRunner extends Automation {
  /** Merges what may be merged by now. */
  consider(): void;
  /** Resolves when it is at rest. */
  idle(): Promise<void>;
}

interface Wish {
  readonly pull: EmulatedPullRequest;
  readonly method: MergeMethod;
  /** In a queue: the commit that is checked, and the ref of it. */
  group?: { readonly ref: string; readonly sha: string; readonly base: string };
}

const PASSED = ['success', 'neutral', 'skipped'];

/** How all checks of a commit stand together; `none` when there is none. */
function verdict(
  repository: EmulatedRepository,
  sha: string,
): 'passed' | 'pending' | 'failed' | 'none' {
  const checks = [
    ...checkRunsOf(repository, sha).map(({ conclusion }) => conclusion),
    ...statusesOf(repository, sha).map(({ state }) => (state === 'pending' ? null : state)),
  ];
  if (checks.length === 0) return 'none';
  if (checks.includes(null)) return 'pending';
  return checks.every((one) => one !== null && PASSED.includes(one)) ? 'passed' : 'failed';
}

/** @param problem is told of what should not happen */
export function createAutomation(
  state: State,
  ci: CiRunner,
  problem: (error: unknown) => void,
): AutomationRunner {
  const auto = new Map<EmulatedRepository, Wish[]>();
  const queued = new Map<EmulatedRepository, Wish[]>();
  let work = Promise.resolve();

  const isMergeable = (repository: EmulatedRepository, { draft, headSha }: EmulatedPullRequest) =>
    !draft && verdict(repository, headSha) === 'passed';

  async function mergeByItself(repository: EmulatedRepository, wishes: Wish[]): Promise<void> {
    for (const wish of [...wishes]) {
      if (wish.pull.state === 'open' && !isMergeable(repository, wish.pull)) continue;
      if (wish.pull.state === 'open') await mergePull(repository, wish.pull, wish.method);
      wishes.splice(wishes.indexOf(wish), 1);
    }
  }

  /** The first in the queue: its merge is made, checked, and becomes the base; what fails leaves the queue. */
  async function advance(repository: EmulatedRepository, wishes: Wish[]): Promise<void> {
    for (let first = wishes[0]; first; first = wishes[0]) {
      const { pull, method } = first;
      await followBranches(repository);
      if (pull.state === 'open' && !first.group) {
        if (!isMergeable(repository, pull)) return;
        const ref = `refs/heads/gh-readonly-queue/${pull.base}/pr-${pull.number}-${pull.baseSha}`;
        const sha = await mergeBranches(repository, pull, method, ref);
        first.group = { ref, sha, base: pull.baseSha };
        ci.check(repository, sha);
      }
      const outcome = first.group ? verdict(repository, first.group.sha) : 'failed';
      if (outcome === 'pending') return;
      wishes.shift();
      if (outcome === 'failed' && pull.state === 'open')
        addEvent(state, pull, {
          ...{ kind: 'RemovedFromMergeQueueEvent', actor: 'github-merge-queue[bot]' },
          reason: 'failed checks',
        });
      if (!first.group) continue;
      const { ref, sha, base } = first.group;
      await git(repository.directory, 'update-ref', '-d', ref);
      const moved = (await branches(repository.directory)).get(pull.base) !== base;
      if (moved) wishes.unshift({ pull, method });
      else if (outcome !== 'failed' && pull.state === 'open') {
        await git(repository.directory, 'update-ref', `refs/heads/${pull.base}`, sha, base);
        await landed(repository, pull, sha);
      }
    }
  }

  function consider(): void {
    const each = (wishes: typeof auto, take: typeof advance) =>
      [...wishes]
        .filter(([, them]) => them.length > 0)
        .map(
          ([repository, them]) =>
            () =>
              exclusively(repository, () => take(repository, them)),
        );
    const steps = [...each(auto, mergeByItself), ...each(queued, advance)];
    for (const step of steps) work = work.then(step).catch(problem);
  }

  const wish = (wishes: typeof auto, name: RepositoryName, number: number, method: MergeMethod) => {
    const repository = state.repository(name);
    const them = wishes.get(repository) ?? [];
    wishes.set(repository, them);
    them.push({ pull: pullOf(repository, number), method });
    consider();
  };

  return {
    enableAutoMerge: (name, number, method = 'squash') => wish(auto, name, number, method),
    enqueue: (name, number, method = 'squash') => wish(queued, name, number, method),
    consider,
    async idle() {
      let last: Promise<void>;
      do {
        last = work;
        await ci.idle();
        await work;
        await ci.idle();
      } while (work !== last);
    },
  };
}
