import { createHash } from 'node:crypto';
import { type Context, Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { type Answer, ApiError } from './answers.ts';
import type { Apps } from './apps.ts';
import { answerGraphql, type GraphqlRequest } from './graphql.ts';
import { redirect } from './moves.ts';
import type { Operation } from './operations.ts';
import type { RateLimit } from './rate-limit.ts';
import { exclusively, type State } from './state.ts';
import { type OperationCheck, operationCheck } from './validation.ts';

export interface ApiOptions {
  readonly state: State;
  readonly operations: readonly Operation[];
  /** How the addresses of pages begin. */
  readonly origin: string;
  readonly rateLimit: RateLimit;
  readonly token: string;
  readonly apps: Apps;
  readonly validate: boolean;
  /** Takes what GitHub's description doesn't allow. */
  violation(problem: string): void;
}

/** Both APIs: authorisation, rate-limit headers, ETags, and each operation held to GitHub's description. */
export function createApi(options: ApiOptions): Hono {
  const { state, operations, origin, rateLimit, token, apps, validate, violation } = options;
  const app = new Hono();

  app.use(async (context, next) => {
    const [scheme = '', given = ''] = (context.req.header('authorization') ?? '').split(' ');
    const isToken = given === token || state.accepts(given) || apps.isApp(given, context.req.path);
    if (/^(bearer|token)$/i.test(scheme) && isToken) await next();
    else context.res = answerWith(context, new ApiError(401, 'Bad credentials').answer);
    const bucket = context.req.path === '/graphql' ? 'graphql' : 'core';
    if (bucket === 'core' && context.res.status !== 304) rateLimit.used.core += 1;
    for (const [name, value] of Object.entries(rateLimit.headers(bucket)))
      context.header(name, value);
  });

  app.post('/graphql', async (context) => {
    const limit = rateLimit.state('graphql');
    const request = (await readBody(context)) as GraphqlRequest;
    const { cost, refusals, ...answer } = await answerGraphql(request, { state, origin, limit });
    for (const refusal of refusals) violation(`query: ${refusal}`);
    rateLimit.used.graphql += cost;
    return answerWith(context, answer);
  });

  for (const operation of operations) {
    let check: OperationCheck | undefined;
    app.on(operation.method, honoPath(operation.path), async (context) => {
      const wrong = (what: string, problem: string | undefined) => {
        if (problem !== undefined)
          throw new Violation(
            `${what} ${operation.method} ${new URL(context.req.url).pathname} ${problem}`,
          );
      };
      if (validate) check ??= operationCheck(operation.method, operation.path);
      const parameters: Record<string, unknown> = {
        ...context.req.param(),
        ...context.req.query(),
      };
      const body = await readBody(context);
      wrong('request', check?.parameters(parameters));
      wrong('request', check?.body(body));
      const elsewhere = redirect(state, operation.method, context.req.url, parameters);
      if (elsewhere) return answerWith(context, elsewhere);
      const answer = await answerTo(async () => {
        const call = {
          // Not every operation is about a repository.
          get repository() {
            return state.repository(`${parameters.owner}/${parameters.repo}`);
          },
          ...{ parameters, body, url: context.req.url },
        };
        if (operation.method === 'GET' || parameters.repo === undefined)
          return operation.handle(call);
        return exclusively(call.repository, async () => operation.handle(call));
      });
      wrong('answer to', check?.answer(answer.status, answer.body));
      return answerWith(context, answer);
    });
  }

  app.notFound((context) => {
    throw new Violation(`request ${context.req.method} ${context.req.path} is not emulated`);
  });
  app.onError((error, context) => {
    violation(error instanceof Violation ? error.message : `emulator: ${error.stack ?? error}`);
    return answerWith(context, new ApiError(500, error.message).answer);
  });
  return app;
}

class Violation extends Error {}

/** Branch names have slashes in them. */
const honoPath = (path: string): string =>
  path.replace(/\{(\w+)\}/g, (_, name) => (name === 'ref' ? ':ref{.+}' : `:${name}`));

async function readBody(context: Context): Promise<unknown> {
  const text = await context.req.text();
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new Violation(`request ${context.req.method} ${context.req.path} is not JSON`);
  }
}

async function answerTo(handle: () => Promise<Answer>): Promise<Answer> {
  try {
    return await handle();
  } catch (error) {
    if (error instanceof ApiError) return error.answer;
    throw error;
  }
}

function answerWith(context: Context, { status, body, headers }: Answer): Response {
  const text = body === undefined ? '' : JSON.stringify(body);
  const etag = `W/"${createHash('sha256').update(text).digest('hex')}"`;
  const isRead = context.req.method === 'GET' && status === 200;
  if (isRead && context.req.header('if-none-match') === etag)
    return context.body(null, 304, { etag });
  return context.newResponse(text === '' ? null : text, status as ContentfulStatusCode, {
    'content-type': 'application/json; charset=utf-8',
    ...(isRead && { etag }),
    ...headers,
  });
}
