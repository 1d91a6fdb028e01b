import type { Amendment, SessionView } from '../../client/types.ts';
import type { GuidanceInput } from '../../domain/session/guidance.ts';

/** What the server said about a request that it did not carry out. */
export class RequestError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

async function request(path: string, init?: RequestInit): Promise<Response> {
  const answer = await fetch(path, init).catch(() => {
    throw new RequestError(0, 'The board’s server does not answer. Is `coppice board` running?');
  });
  if (answer.ok) return answer;
  const { error } = (await answer.json().catch(() => ({}))) as { error?: string };
  throw new RequestError(answer.status, error ?? `The server answered ${answer.status}.`);
}

const post = async (path: string, body?: unknown): Promise<void> => {
  await request(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
};

/** Trades the token behind the link’s `#` for a cookie, and takes it out of the address. */
export async function logInByLink(): Promise<void> {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token === null) return;
  history.replaceState(null, '', '/');
  await request('/api/login', { method: 'POST', body: token });
}

export const readSession = async (issue: number): Promise<SessionView> =>
  (await (await request(`/api/issues/${issue}`)).json()) as SessionView;

export const guide = (issue: number, guidance: GuidanceInput): Promise<void> =>
  post(`/api/issues/${issue}/guide`, guidance);

export const act = (issue: number, what: 'pause' | 'resume' | 'cancel'): Promise<void> =>
  post(`/api/issues/${issue}/${what}`);

export const changeRun = (run: string, change: Amendment): Promise<void> =>
  post(`/api/runs/${encodeURIComponent(run)}`, change);
