import type { Board, Coppice } from '../../client/types.ts';
import type { RepositoryName } from '../../domain/shared/repository.ts';
import { boardReader } from '../connection.ts';
import type { Context } from '../context.ts';
import { Interrupted, Refusal } from '../errors.ts';
import { findRepository } from '../project.ts';

/** Where the page is served, unless another port is named. A page that was left open finds a fixed one again. */
const PORT = 4177;

/** Serves the board as a page on this machine until interrupted. */
export async function board(context: Context, options: { readonly port?: number }): Promise<void> {
  const { terminal, services } = context;
  const repository = await findRepository(context);
  const coppice = await services.connect();
  const reader = boardReader(context, repository);
  try {
    const served = await serve(context, { coppice, repository, read: reader.read }, options.port);
    try {
      terminal.takeInterrupts();
      if (terminal.isTTY && (await services.openBrowser(served.link)))
        terminal.out(
          'The board opens in your browser. Without one, use this link within 5 minutes:',
        );
      terminal.out(served.link);
      await interrupted();
    } finally {
      await served.close();
    }
  } finally {
    await reader.close();
    await coppice.close();
  }
}

interface Shown {
  readonly repository: RepositoryName;
  readonly coppice: Coppice;
  read(): Promise<Board>;
}

async function serve(
  { home }: Context,
  { repository, coppice, read }: Shown,
  port: number | undefined,
) {
  const [{ serveBoard }, { pageFiles }, { BoardFeed }, { pageBoard }] = await Promise.all([
    import('../../web/serve.ts'),
    import('../../web/page-files.ts'),
    import('../../web/feed.ts'),
    import('../../web/page-board.ts'),
  ]);
  const feed = new BoardFeed(async () => pageBoard(await read()));
  const site = { repository, coppice, feed, files: await pageFiles() };
  try {
    return await serveBoard(site, { home, port: port ?? PORT });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    // Another repository's board has the usual port.
    if (port === undefined) return serveBoard(site, { home, port: 0 });
    throw new Refusal(`port ${port} is in use: name another with --port; 0 means any free port`);
  }
}

const interrupted = (): Promise<never> =>
  new Promise((_, reject) => {
    process.once('SIGINT', () =>
      reject(
        new Interrupted('the page has ended; the sessions continue: coppice board shows it again'),
      ),
    );
  });
