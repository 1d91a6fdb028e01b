import type { RepositoryName } from '../../../src/domain/shared/repository.ts';
import {
  addCheckRun,
  addStatus,
  type EmulatedCheckRun,
  type NewCheckRun,
  type NewStatus,
  type OpenRun,
} from './checks.ts';
import type { CiRunner } from './ci.ts';
import {
  addComment,
  addReply,
  addReview,
  commentsOn,
  type EmulatedComment,
  type EmulatedReview,
  type EmulatedThread,
  editComment,
  type NewComment,
  type NewReview,
  removeComment,
  type Said,
  threadOf,
} from './discussion.ts';
import { commitFileTo, git, gitWith, WEB_COMMITTER } from './git.ts';
import { addEvent, followBranches } from './pulls.ts';
import { exclusively, itemOf, now, type Permission, pullOf, type State } from './state.ts';

/** A commit of somebody's, on a branch that is there. */
interface PersonsPush {
  readonly branch: string;
  readonly author: string;
  readonly path: string;
  readonly text: string;
}

interface Assignment {
  readonly actor: string;
  readonly assignee: string;
  readonly back?: boolean;
}

/** Plays the people, bots and CI systems around a repository. Ids are GitHub's numbers. */
export interface People {
  /** What a person may do; without it, nothing. */
  allow(repository: RepositoryName, login: string, permission: Permission): void;
  /** On an issue or a pull request; `author` ends in `[bot]` for a bot, and is null for a deleted account. */
  comment(repository: RepositoryName, number: number, comment: NewComment): number;
  /** @param at when; now when absent */
  editComment(repository: RepositoryName, id: number, body: string, at?: string): void;
  removeComment(repository: RepositoryName, id: number): void;
  /** Somebody hides a comment. */
  minimize(repository: RepositoryName, id: number): void;
  review(repository: RepositoryName, pullRequest: number, review: NewReview): Said;
  reply(repository: RepositoryName, thread: number, comment: NewComment): number;
  /** @param by who does; somebody else than the token's owner when absent */
  resolve(repository: RepositoryName, thread: number, by?: string): void;
  /** Somebody changes the lines that a thread is about. */
  outdate(repository: RepositoryName, thread: number): void;
  dismiss(repository: RepositoryName, review: number): void;
  edit(
    repository: RepositoryName,
    number: number,
    change: { readonly title?: string; readonly body?: string },
  ): void;
  /** Somebody assigns a pull request to somebody, or takes that back. */
  assign(repository: RepositoryName, number: number, to: Assignment): void;
  /** Somebody presses “Update branch”: the base is merged into the pull request's head. */
  updateBranch(repository: RepositoryName, number: number): Promise<string>;
  push(repository: RepositoryName, push: PersonsPush): Promise<string>;
  /** @returns its id */
  check(repository: RepositoryName, sha: string, check: NewCheckRun): number;
  /** Begins the run of a workflow whose jobs come one after the other, until it is ended. @returns its id */
  beginRun(repository: RepositoryName, run?: Partial<OpenRun>): number;
  endRun(repository: RepositoryName, run: number): void;
  status(repository: RepositoryName, sha: string, status: NewStatus): void;
  comments(repository: RepositoryName, number: number): readonly Readonly<EmulatedComment>[];
  reviews(repository: RepositoryName): readonly Readonly<EmulatedReview>[];
  threads(repository: RepositoryName): readonly Readonly<EmulatedThread>[];
  checkRuns(repository: RepositoryName): readonly Readonly<EmulatedCheckRun>[];
}

export function createPeople(state: State, ci: CiRunner): People {
  const at = (name: RepositoryName) => state.repository(name);
  return {
    allow: (name, login, permission) => void at(name).permissions.set(login, permission),
    comment: (name, number, comment) => addComment(state, at(name), number, comment).id,
    editComment: (name, id, body, when) => void editComment(at(name), id, body, when),
    removeComment: (name, id) => removeComment(at(name), id),
    minimize(name, id) {
      const comment = at(name).comments.find((one) => one.id === id);
      if (comment) comment.isMinimized = true;
    },
    review: (name, number, review) => addReview(state, at(name), number, review),
    reply: (name, thread, comment) => addReply(state, at(name), thread, comment).id,
    resolve(name, thread, by = 'somebody') {
      Object.assign(threadOf(at(name), thread), { isResolved: true, resolvedBy: by });
    },
    outdate(name, thread) {
      threadOf(at(name), thread).isOutdated = true;
    },
    dismiss(name, id) {
      const review = at(name).reviews.find((one) => one.id === id);
      if (review) Object.assign(review, { state: 'DISMISSED', updatedAt: now() });
    },
    edit: (name, number, change) =>
      void Object.assign(itemOf(at(name), number), change, { updatedAt: now() }),
    assign(name, number, { actor, assignee, back = false }) {
      const kind = back ? 'UnassignedEvent' : 'AssignedEvent';
      addEvent(state, pullOf(at(name), number), { kind, actor, assignee });
    },
    updateBranch: (name, number) =>
      exclusively(at(name), async () => {
        const { directory } = at(name);
        const { head, headSha, base, baseSha } = pullOf(at(name), number);
        const tree = await git(directory, 'merge-tree', '--write-tree', headSha, baseSha);
        const message = `Merge branch '${base}' into ${head}`;
        const parents = ['-p', headSha, '-p', baseSha];
        const committer = { GIT_COMMITTER_EMAIL: WEB_COMMITTER };
        const commit = ['commit-tree', tree, ...parents, '-m', message];
        const sha = await gitWith(committer, directory, ...commit);
        await git(directory, 'update-ref', `refs/heads/${head}`, sha, headSha);
        await followBranches(at(name));
        ci.consider(at(name));
        return sha;
      }),
    push: (name, { branch, author, path, text }) =>
      exclusively(at(name), async () => {
        const sha = await commitFileTo(at(name).directory, { branch, author, path, text });
        await followBranches(at(name));
        ci.consider(at(name));
        return sha;
      }),
    check: (name, sha, check) => addCheckRun(state, at(name), sha, check).id,
    beginRun(name, run = {}) {
      const id = state.nextId();
      at(name).openRuns.set(id, { workflow: 'CI', event: 'pull_request', sha: null, ...run });
      return id;
    },
    endRun: (name, run) => void at(name).openRuns.delete(run),
    status: (name, sha, status) => void addStatus(state, at(name), sha, status),
    comments: (name, number) => commentsOn(at(name), number),
    reviews: (name) => at(name).reviews,
    threads: (name) => at(name).threads,
    checkRuns: (name) => at(name).checkRuns,
  };
}
