import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { secureHeaders } from 'hono/secure-headers';
import { streamSSE } from 'hono/streaming';
import { z } from 'zod';
import { ClientError, type Coppice } from '../client/types.ts';
import { Guidance } from '../domain/session/guidance.ts';
import { IssueNumber } from '../domain/shared/issue.ts';
import type { RepositoryName } from '../domain/shared/repository.ts';
import { oneLine } from '../domain/shared/text.ts';
import { type Access, loggedInOnly, logIn, ownOriginOnly } from './access.ts';
import type { BoardFeed } from './feed.ts';
import type { PageFiles } from './page-files.ts';

export interface BoardSite {
  readonly repository: RepositoryName;
  /** What the page asks for and changes. */
  readonly coppice: Pick<Coppice, 'show' | 'guide' | 'pause' | 'cancel' | 'amend'>;
  readonly feed: BoardFeed;
  readonly files: PageFiles;
}

/** Guidance has at most 64,000 characters, each of at most six bytes in JSON. */
const LARGEST_BODY = 400_000;

/** How often a silent stream of events says that it is alive, in milliseconds. */
const HEARTBEAT = 15_000;

const RunChange = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('pause') }),
  z.strictObject({ do: z.literal('resume') }),
  z.strictObject({ do: z.literal('reorder'), first: z.array(IssueNumber).min(1).max(5_000) }),
  z.strictObject({ do: z.literal('drop'), issue: IssueNumber }),
  z.strictObject({
    do: z.literal('setConcurrency'),
    concurrency: z.int().positive().max(100),
  }),
]);

/** The board's HTTP interface: the page, its stream of events, and what its buttons do. */
export function boardApp({ repository, coppice, feed, files }: BoardSite, access: Access): Hono {
  const app = new Hono();
  app.use(ownOriginOnly(access));
  app.use(secureHeaders({ contentSecurityPolicy: POLICY, referrerPolicy: 'no-referrer' }));
  app.use(
    bodyLimit({
      maxSize: LARGEST_BODY,
      onError: (context) => context.json({ error: 'The request is too large.' }, 413),
    }),
  );
  app.use(async (context, next) => {
    await next();
    context.header('cache-control', 'no-store');
  });
  app.onError((error, context) => {
    const status = error instanceof ClientError ? STATUS[error.kind] : 500;
    return context.json({ error: oneLine(error.message, 1_000) }, status);
  });

  for (const { path, type, content } of files)
    app.get(path, (context) => context.body(content, 200, { 'content-type': type }));
  app.post('/api/login', logIn(access));

  app.use('/api/*', loggedInOnly(access));
  app.get('/api/events', (context) =>
    streamSSE(context, async (stream) => {
      const send = (event: string, data: unknown) =>
        void stream.writeSSE({ event, data: JSON.stringify(data) });
      send('repository', repository);
      const end = feed.listen((news) => send('news', news));
      const beats = setInterval(() => send('beat', null), HEARTBEAT);
      const closed = Promise.withResolvers<void>();
      stream.onAbort(() => closed.resolve());
      await closed.promise;
      clearInterval(beats);
      end();
    }),
  );
  app.get('/api/issues/:issue', async (context) =>
    context.json(await coppice.show(repository, issueIn(context))),
  );

  const changed = async (context: Context) => {
    void feed.refresh();
    return context.body(null, 204);
  };
  app.post('/api/issues/:issue/guide', async (context) => {
    const body = await readJson(context);
    const guidance = Guidance.safeParse(body);
    if (!guidance.success) return context.json({ error: invalid(guidance.error) }, 400);
    await coppice.guide(repository, issueIn(context), guidance.data);
    return changed(context);
  });
  app.post('/api/issues/:issue/pause', async (context) => {
    await coppice.pause(repository, issueIn(context), true);
    return changed(context);
  });
  app.post('/api/issues/:issue/resume', async (context) => {
    await coppice.pause(repository, issueIn(context), false);
    return changed(context);
  });
  app.post('/api/issues/:issue/cancel', async (context) => {
    await coppice.cancel(repository, issueIn(context));
    return changed(context);
  });
  app.post('/api/runs/:run', async (context) => {
    const change = RunChange.safeParse(await readJson(context));
    if (!change.success) return context.json({ error: invalid(change.error) }, 400);
    await coppice.amend(repository, context.req.param('run'), change.data);
    return changed(context);
  });
  app.notFound((context) => context.json({ error: `There is no ${context.req.path}.` }, 404));
  return app;
}

/** Nothing but the page's own files is loaded, and it stands in no other site's frame. */
const POLICY = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  connectSrc: ["'self'"],
  imgSrc: ['data:'],
  baseUri: ["'none'"],
  formAction: ["'none'"],
  frameAncestors: ["'none'"],
};

const STATUS = {
  NoSuchSession: 404,
  NoSuchRun: 404,
  AlreadyRunning: 409,
  Refused: 409,
  Unresponsive: 503,
  Unreachable: 503,
} as const satisfies Record<ClientError['kind'], number>;

/** @throws ClientError NoSuchSession when the path names no issue */
function issueIn(context: Context): number {
  const issue = IssueNumber.safeParse(Number(context.req.param('issue')));
  if (!issue.success) throw new ClientError('NoSuchSession', 'the path names no issue');
  return issue.data;
}

/** @returns undefined, which no schema takes, for what is not JSON */
const readJson = async (context: Context): Promise<unknown> =>
  context.req.json().catch(() => undefined);

const invalid = (error: z.ZodError): string => {
  const [issue] = error.issues;
  const where = issue?.path.join('.') ?? '';
  return oneLine(`${where === '' ? '' : `${where}: `}${issue?.message ?? 'not understood'}`, 300);
};
