import type { SessionView } from '../../client/types.ts';
import { ClientError } from '../../client/types.ts';
import { sessionWorkflowId } from '../../domain/shared/identity.ts';
import type { RepositoryName } from '../../domain/shared/repository.ts';
import { oneLine } from '../../domain/shared/text.ts';
import { ifReachable } from '../connection.ts';
import type { Context } from '../context.ts';
import { serviceProblem } from '../preflight/service.ts';
import { findIssue } from '../project.ts';
import { renderView } from '../render/session.ts';

/** Shows everything about one session. */
export async function show(
  context: Context,
  text: string,
  options: { json?: true },
): Promise<void> {
  const { repository, issue } = await findIssue(context, text);
  const { terminal, now } = context;
  const trouble = await serviceProblem(context);
  if (trouble !== undefined) terminal.err(`coppice: ${oneLine(trouble, 500)}`);
  const view = await readSession(context, repository, issue);
  terminal.out(
    options.json
      ? JSON.stringify(view, null, 2)
      : renderView(view, { now: now(), color: terminal.color, columns: terminal.columns }),
  );
}

/** The session as the service knows it, or, when none answers, as this host recorded it. @throws NoSuchSession */
export async function readSession(
  context: Context,
  repository: RepositoryName,
  issue: number,
): Promise<SessionView> {
  const live = await ifReachable(context, (coppice) => coppice.show(repository, issue));
  if (live) return live;
  const stored = await context.services.stored(repository);
  const { last, ownership } = stored.find((session) => session.issue === issue) ?? {};
  if (!last)
    throw new ClientError(
      'NoSuchSession',
      `no service answers, and this host has no record of a session of ${repository}#${issue}: coppice up`,
    );
  return {
    ...{ ...last, source: 'recorded', leftHere: ownership !== undefined },
    workflowId: sessionWorkflowId(repository, issue),
  };
}
