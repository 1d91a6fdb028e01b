import { ClientError } from '../../client/types.ts';
import { ifReachable } from '../connection.ts';
import type { Context } from '../context.ts';
import { findIssue } from '../project.ts';

/** Opens Temporal's Web UI, or a session's page in it, in the browser; prints the link where there is no person to open it for. */
export async function ui(context: Context, text: string | undefined): Promise<void> {
  const { services, terminal } = context;
  const page = await (text === undefined ? services.webUi() : pageOf(context, text));
  if (page === undefined)
    throw new ClientError('Unreachable', 'no Web UI is known: start the service with `coppice up`');
  const link = await services.withLogin(page);
  if (terminal.isTTY && (await services.openBrowser(link)))
    terminal.out('The Web UI opens in your browser. Without one, use this link within 5 minutes:');
  terminal.out(link);
}

async function pageOf(context: Context, text: string): Promise<string | undefined> {
  const { repository, issue } = await findIssue(context, text);
  return (await ifReachable(context, (coppice) => coppice.show(repository, issue)))?.webUrl;
}
