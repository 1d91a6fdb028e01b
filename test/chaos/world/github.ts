import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { RepositoryName } from '../../../src/domain/shared/repository.ts';
import type { Ci } from '../../support/github-emulator/ci.ts';
import type { Emulator } from '../../support/github-emulator/index.ts';

const PROGRAM = fileURLToPath(new URL('github-process.ts', import.meta.url));

export interface GitHubSettings {
  /** Directory for the bare repositories. */
  readonly root: string;
  readonly token: string;
  /** How its addresses begin for whoever reaches it through the proxy. */
  readonly origin: string;
  /** File that it writes everything to. */
  readonly log: string;
  readonly repository: RepositoryName;
  /** Path of a git repository to copy. */
  readonly from: string;
  readonly ci: Ci;
  readonly issues: readonly {
    readonly number: number;
    readonly title: string;
    readonly body: string;
  }[];
  /** Logins of people whose words count. */
  readonly people: readonly string[];
}

/** What a person, a bot or the checker asks of it. */
type Asked = Pick<
  Emulator,
  | 'pullRequests'
  | 'comments'
  | 'threads'
  | 'comment'
  | 'review'
  | 'push'
  | 'mergePullRequest'
  | 'mergeStack'
>;
type Method = keyof Asked;

export interface GitHubCall {
  readonly id: number;
  readonly method: Method | 'close';
  readonly args: readonly unknown[];
}

/** The emulator in its process. */
export interface GitHub {
  /** Where it listens, past the proxy. */
  readonly url: string;
  ask<Name extends Method>(
    method: Name,
    ...args: Parameters<Asked[Name]>
  ): Promise<Awaited<ReturnType<Asked[Name]>>>;
  /** Writes the last of its log, and ends. */
  close(): Promise<void>;
}

export async function startGitHub(settings: GitHubSettings): Promise<GitHub> {
  const child = fork(PROGRAM, [JSON.stringify(settings)]);
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let last = 0;
  child.on('message', (message: { id: number; value?: unknown; error?: string }) => {
    const call = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.error === undefined) call?.resolve(message.value);
    else call?.reject(new Error(message.error));
  });
  child.on('exit', (code) => {
    for (const { reject } of waiting.values())
      reject(new Error(`the emulator of GitHub ended with ${code}`));
  });
  const answerTo = (id: number): Promise<unknown> => {
    const call = Promise.withResolvers<unknown>();
    waiting.set(id, call);
    return call.promise;
  };
  const call = (method: GitHubCall['method'], args: readonly unknown[]): Promise<unknown> => {
    last += 1;
    child.send({ id: last, method, args } satisfies GitHubCall);
    return answerTo(last);
  };
  return {
    url: String(await answerTo(0)),
    ask: (method, ...args) => call(method, args) as Promise<never>,
    close: () => call('close', []) as Promise<void>,
  };
}
