import { identify } from '../process/identity.ts';
import type { Home } from '../state/home.ts';
import { describeWorker, type Login, writeWorkerRecord } from '../state/worker-record.ts';

export interface RecordWorkerOptions {
  readonly home: Home;
  readonly env: NodeJS.ProcessEnv;
  readonly readLogin: () => Promise<Login>;
  readonly log: (line: string) => void;
}

/** Records this worker's environment, with which commands compare theirs, and keeps the state of the GitHub login current. */
export async function recordWorker({ home, env, readLogin, log }: RecordWorkerOptions) {
  const self = identify(process.pid);
  if (!self) throw new Error('this process has no identity');
  let record = describeWorker(self, env);
  // Writes follow one another, so that the latest result stays.
  let writing = Promise.resolve();
  const write = (github: Login): Promise<void> => {
    record = { ...record, github };
    const now = record;
    writing = writing
      .then(() => writeWorkerRecord(home, now))
      .catch((error: Error) => log(`can't write down how the worker is: ${error.message}`));
    return writing;
  };
  const look = async () => write(await readLogin());
  await write(record.github);
  void look();
  return {
    /** Called with every answer of GitHub, because a login may be revoked or renewed at any time. */
    onAnswer(accepted: boolean): void {
      if (record.github.accepted !== null && record.github.accepted !== accepted) void look();
    },
  };
}
