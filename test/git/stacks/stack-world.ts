import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Base, SessionLocation } from '../../../src/domain/session/session.ts';
import { CoppiceError } from '../../../src/domain/shared/failure.ts';
import { integrateRemoteCommits } from '../../../src/git/rebase/remote-commits.ts';
import { finishResolvedRebase, restack } from '../../../src/git/rebase/restack.ts';
import { pushBranch } from '../../../src/git/remote/push.ts';
import { fetchBranch } from '../../../src/git/remote/remote.ts';
import { addWorktree } from '../../../src/git/worktree/worktrees.ts';
import {
  createRepository,
  neverSync,
  noToken,
  run,
  type TestRepository,
} from '../../support/git-repository.ts';
import { type MergeMethod, mergeBranches } from '../../support/github-emulator/merge.ts';
import { linesAt, resolveByHand } from './by-hand.ts';

/** Where a commit adds its line: the session's own file, that of the session below, or the one everybody writes to. */
export type Where = 'own' | 'below' | 'shared';

/** How a step of Coppice's is disturbed: stopped before its n-th command that reaches out, and done once more when it succeeded. */
export interface Trouble {
  readonly stopAt: number;
  readonly twice: boolean;
}

export interface Member {
  readonly location: SessionLocation;
  base: Base;
  /** The one on whose branch it stands; undefined on main. */
  below: Member | undefined;
  state: 'open' | 'merged below' | 'merged';
  news: 'moved' | 'merged' | undefined;
  /** Lines its commits add, oldest first. */
  lines: string[];
}

/** Once stopped, once in conflict with what others pushed, once with what it moves onto; and some to spare. */
const MOST_ATTEMPTS = 8;

/** A remote, sessions stacked on it, and people: what Coppice's run and sessions do with git, without the workflows. */
export class StackWorld {
  readonly members: Member[] = [];
  readonly #repository: TestRepository;
  readonly #others: string;
  /** Lines that main holds at the end. */
  readonly #expected: string[] = [];
  #lastLine = 0;

  constructor(sessions: number) {
    const files = ['shared', ...Array.from({ length: sessions }, (_, n) => `own-${n}`)];
    this.#repository = createRepository(
      Object.fromEntries(files.map((name) => [`${name}.txt`, `${name}\n`])),
    );
    this.#expected.push(...files);
    this.#others = join(this.#repository.root, 'others');
    run(this.#repository.root, 'clone', '-q', this.#repository.remote, this.#others);
    neverSync(join(this.#others, '.git'));
  }

  async start(below: Member | undefined): Promise<void> {
    const { checkout } = this.#repository;
    const location = this.#repository.location(this.members.length);
    const branch = below?.location.branch ?? 'main';
    const tip = (await fetchBranch(checkout, 'origin', branch, noToken)) ?? '';
    await addWorktree(location, { tip });
    const base = { branch, tip };
    const member: Member = { location, base, below, state: 'open', news: undefined, lines: [] };
    this.members.push(member);
    this.#commit(member, member.location.worktree, 'own');
    await pushBranch(location, noToken);
  }

  /** The agent commits; what it made is published at once, or later. */
  async work(member: Member, where: Where, publish: boolean, trouble: Trouble): Promise<void> {
    if (member.state !== 'open') return;
    this.#commit(member, member.location.worktree, where);
    if (publish) await this.publish(member, trouble);
  }

  async publish(member: Member, trouble: Trouble): Promise<void> {
    await this.follow(member, trouble);
    await this.#step(member, trouble, async (resolved, signal) => {
      const options = { tokens: noToken, signal, resolved };
      return (await integrateRemoteCommits(member.location, member.base, options)).base;
    });
    await pushBranch(member.location, noToken);
    this.#tellAbove(member, 'moved');
  }

  /** Moves the branch as the news asks for. */
  async follow(member: Member, trouble: Trouble): Promise<void> {
    const { news, below } = member;
    member.news = undefined;
    if (member.state !== 'open' || !news) return;
    if (news === 'merged') member.below = undefined;
    const onto = news === 'merged' ? 'main' : (below?.location.branch ?? 'main');
    await this.#restack(member, onto, trouble);
  }

  async #restack(member: Member, onto: string, trouble: Trouble): Promise<void> {
    await this.#step(member, trouble, (resolved, signal) => {
      const move = resolved ? finishResolvedRebase : restack;
      return move(member.location, member.base, onto, { tokens: noToken, signal });
    });
    this.#tellAbove(member, 'moved');
  }

  /** A reviewer adds a commit to the branch. */
  addElsewhere(member: Member, where: Where): void {
    if (member.state !== 'open') return;
    this.#checkOutElsewhere(member.location.branch);
    this.#commit(member, this.#others, where);
    run(this.#others, 'push', '-q', 'origin', `HEAD:${member.location.branch}`);
    this.#tellAbove(member, 'moved');
  }

  /** A reviewer takes the last commit off the branch, if it is one of the session's, and not its only one. */
  dropElsewhere(member: Member): void {
    if (member.state !== 'open' || member.lines.length < 2) return;
    this.#checkOutElsewhere(member.location.branch);
    const [last = '', before = ''] = run(this.#others, 'log', '-2', '--format=%s').split('\n');
    if (!member.lines.includes(last) || !member.lines.includes(before)) return;
    run(this.#others, 'push', '-q', '--force', 'origin', `HEAD~1:${member.location.branch}`);
    member.lines = member.lines.filter((line) => line !== last);
    this.#tellAbove(member, 'moved');
  }

  moveMain(): void {
    this.#checkOutElsewhere('main');
    this.#expected.push(this.#addLine(this.#others, 'shared.txt'));
    run(this.#others, 'push', '-q', 'origin', 'HEAD:main');
  }

  /** A person merges it, once it has followed: into main, or into the branch of the session below. */
  async merge(member: Member, method: MergeMethod, trouble: Trouble): Promise<void> {
    if (member.state !== 'open') return;
    await this.publish(member, trouble);
    const base = member.below?.location.branch ?? 'main';
    if (!(await this.#press(member, base, method))) {
      // GitHub says that they conflict.
      await this.#restack(member, base, trouble);
      if (!(await this.#press(member, base, method))) throw new Error('it is not mergeable');
    }
    member.state = member.below ? 'merged below' : 'merged';
    if (member.below) this.#tellAbove(member.below, 'moved', member);
    else this.#land(member);
  }

  #land(member: Member): void {
    member.state = 'merged';
    this.#expected.push(...member.lines);
    this.#tellAbove(member, 'merged');
    for (const above of this.#above(member)) if (above.state === 'merged below') this.#land(above);
  }

  async #press(member: Member, base: string, method: MergeMethod): Promise<boolean> {
    const { remote } = this.#repository;
    const tip = (branch: string) => run(remote, 'rev-parse', branch);
    const head = member.location.branch;
    const pull = { number: 1, title: head, head, headSha: tip(head), base, baseSha: tip(base) };
    const merged = mergeBranches({ directory: remote, owner: 'acme' }, pull, method);
    return await merged.then(
      () => true,
      () => false,
    );
  }

  /** Lines of all files of a branch of the remote, sorted. */
  lines(branch: string): string[] {
    const { remote } = this.#repository;
    const files = run(remote, 'ls-tree', '--name-only', branch).split('\n');
    return files.flatMap((file) => linesAt(remote, `${branch}:${file}`)).sort();
  }

  /** Lines that main must hold now. */
  get expected(): string[] {
    return [...this.#expected].sort();
  }

  /** Names of what is left over in a worktree. */
  leftIn({ location }: Member): string {
    return run(location.worktree, 'status', '--porcelain');
  }

  /** A step of Coppice's, until it succeeds, with whatever goes wrong in between. */
  async #step(
    member: Member,
    { stopAt, twice }: Trouble,
    step: (resolved: boolean, signal: AbortSignal) => Promise<Base>,
  ): Promise<void> {
    let signal = stopping(stopAt);
    let resolved = false;
    for (let attempt = 1; ; attempt++) {
      try {
        const base = await step(resolved, signal);
        // Its result was lost: it is done again, with the same input.
        const again = twice ? await step(resolved, signal) : base;
        if (again.tip !== base.tip) throw new Error('done again, it ended another way');
        member.base = base;
        return;
      } catch (error) {
        if (attempt === MOST_ATTEMPTS) throw error;
        if (error === signal.reason) signal = new AbortController().signal;
        else if (error instanceof CoppiceError && error.type === 'RebaseConflict') {
          resolveByHand(member.location.worktree, error.details);
          resolved = true;
        } else throw error;
      }
    }
  }

  #tellAbove(member: Member, news: 'moved' | 'merged', except?: Member): void {
    for (const above of this.#above(member))
      if (above !== except && above.news !== 'merged') above.news = news;
  }

  #above(member: Member): Member[] {
    return this.members.filter(({ below }) => below === member);
  }

  #checkOutElsewhere(branch: string): void {
    run(this.#others, 'fetch', '-q', 'origin');
    run(this.#others, 'checkout', '-q', '--detach', `origin/${branch}`);
  }

  #commit(member: Member, directory: string, where: Where): void {
    const owner = where === 'below' ? (member.below ?? member) : member;
    const file = where === 'shared' ? 'shared.txt' : `own-${owner.location.issue}.txt`;
    member.lines.push(this.#addLine(directory, file));
  }

  #addLine(directory: string, file: string): string {
    const line = `line-${++this.#lastLine}`;
    appendFileSync(join(directory, file), `${line}\n`);
    run(directory, 'commit', '--quiet', '--all', '--message', line);
    return line;
  }
}

/** A signal that is aborted when it is asked for the n-th time whether it is; never for 0. */
function stopping(at: number): AbortSignal {
  const controller = new AbortController();
  const { signal } = controller;
  let asked = 0;
  const ask = signal.throwIfAborted.bind(signal);
  signal.throwIfAborted = () => {
    asked += 1;
    if (asked === at) controller.abort(new Error('stopped on purpose'));
    ask();
  };
  return signal;
}
