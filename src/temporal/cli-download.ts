import type { ReadableStream } from 'node:stream/web';
import { execa } from 'execa';
import { type Fetch, proxiedFetch } from '../process/proxied-fetch.ts';
import { type InstallOptions, installAtomically } from './cli-install.ts';
import { TEMPORAL_CLI } from './cli-version.ts';

const OFFICIAL = 'https://temporal.download';

/** Milliseconds until the response must begin, so that a machine without internet access finds out soon. */
const TIMEOUT = 8_000;

/** Time limit for the whole download, in milliseconds. */
const LIMIT = 15 * 60_000;

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64' };

/** Downloads the pinned release; `COPPICE_TEMPORAL_DOWNLOAD` names another server with the same layout. @throws Error */
export async function downloadTemporalCli({ env, report, path }: InstallOptions): Promise<void> {
  const url = new URL(
    `cli/archive/v${TEMPORAL_CLI}`,
    `${env.COPPICE_TEMPORAL_DOWNLOAD || OFFICIAL}/`,
  );
  url.searchParams.set('platform', process.platform);
  url.searchParams.set('arch', ARCHITECTURES[process.arch] ?? process.arch);

  report(`downloading the Temporal CLI ${TEMPORAL_CLI} (once, some 50 MB) from ${url.origin}`);
  const body = await open(url, proxiedFetch(env));
  await installAtomically(path, async (directory) => {
    await execa('tar', ['-xzf', '-', '-C', directory], { stdin: body, timeout: LIMIT });
  });
}

async function open(url: URL, reach: Fetch): Promise<ReadableStream> {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), TIMEOUT);
  try {
    const response = await reach(url, { signal: timeout.signal });
    if (!response.ok || !response.body) throw new Error(`${url.origin} answers ${response.status}`);
    return response.body;
  } catch (error) {
    if (timeout.signal.aborted) throw new Error(`${url.origin} does not answer`);
    throw error instanceof TypeError ? new Error(`${url.origin} is out of reach`) : error;
  } finally {
    clearTimeout(timer);
  }
}
