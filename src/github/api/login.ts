import { z } from 'zod';
import { CoppiceError } from '../../domain/shared/failure.ts';
import type { Login } from '../../state/worker-record.ts';
import { isHttpError, translate } from './errors.ts';
import { type Connection, createOctokit } from './octokit.ts';

const User = z.object({ login: z.string() });

/**
 * Asks GitHub to whom the token belongs, and whether it is accepted. After a network failure, `accepted` is
 * null.
 */
export async function readLogin(connection: Connection): Promise<Login> {
  const octokit = createOctokit({ ...connection, spaced: false });
  try {
    const { data } = await octokit.request('GET /user');
    return { accepted: true, login: User.safeParse(data).data?.login ?? null, problem: null };
  } catch (error) {
    // The token of a GitHub App is accepted, but belongs to no user.
    if (isHttpError(error, 403, 404)) return { accepted: true, login: null, problem: null };
    const found = translate(error, 'tell whose token it is', connection.apiUrl);
    return found instanceof CoppiceError && found.type === 'Unauthorized'
      ? { accepted: false, login: null, problem: found.message }
      : { accepted: null, login: null, problem: null };
  }
}
