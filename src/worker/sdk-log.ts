import { DefaultLogger, type LogEntry, Runtime } from '@temporalio/worker';

/** What of an entry's details a person needs to find what it is about. */
const TOLD = ['workflowId', 'activityType', 'attempt', 'state', 'taskQueue', 'decision', 'branch'];

/** The longest error that is told in full, in characters. */
const LONGEST = 500;

/**
 * An entry of the SDK's log in one line. The SDK itself writes dozens of lines: the whole context and a stack for each
 * attempt of each failing activity, which are the same over and over in an outage.
 */
export function inOneLine({ level, message, meta = {} }: LogEntry): string {
  const told = TOLD.flatMap((name) => (name in meta ? [`${name}=${String(meta[name])}`] : []));
  const { error } = meta as { error?: unknown };
  const reason = error instanceof Error ? error.message : error === undefined ? '' : String(error);
  const why = reason === '' ? [] : [reason.replace(/\s+/g, ' ').slice(0, LONGEST)];
  return [`[${level}] ${message}`, ...told, ...why].join(' ');
}

/** Makes the SDK of this process write its log in this form. */
export function logShortly(log: (line: string) => void): void {
  Runtime.install({ logger: new DefaultLogger('INFO', (entry) => log(inOneLine(entry))) });
}
