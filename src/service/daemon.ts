import { mkdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import { z } from 'zod';
import { errorLine } from '../process/error-line.ts';
import { firstMessage, spawnLogged } from '../process/logged-child.ts';
import type { Home } from '../state/home.ts';
import { ServiceError, type ServiceErrorKind } from '../temporal/service-error.ts';
import type { ServiceSettings } from './run-service.ts';

/** The one message a starting service sends to `up`. */
const StartReport = z.union([
  z.object({ started: z.literal(true) }),
  z.object({ locked: z.literal(true) }),
  z.object({ kind: z.custom<ServiceErrorKind>(), message: z.string() }),
]);
export type StartReport = z.infer<typeof StartReport>;

const MAIN = join(import.meta.dirname, `main${extname(import.meta.filename)}`);

/**
 * Starts the service as a process of its own that outlives us, and returns when it is ready.
 * @returns false when another process is the service already
 * @throws ServiceError
 */
export async function startDaemon(
  home: Home,
  env: NodeJS.ProcessEnv,
  settings: ServiceSettings,
): Promise<boolean> {
  mkdirSync(home.service, { recursive: true });
  const log = join(home.service, 'service.log');
  const child = spawnLogged(process.execPath, [MAIN, JSON.stringify(settings)], {
    log,
    cwd: home.root,
    env: { ...env, COPPICE_HOME: home.root, COPPICE_CACHE: home.cache },
    ipc: true,
  });
  const report = StartReport.parse(
    await firstMessage(child, (how) => {
      const reason = errorLine(child.output());
      return new ServiceError(
        'StartFailed',
        `the service ${how}${reason && `: ${reason}`}; see ${log}`,
      );
    }),
  );
  child.process.disconnect();
  child.process.unref();
  if ('message' in report) throw new ServiceError(report.kind, report.message);
  return 'started' in report;
}
