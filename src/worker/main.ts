import { createActivities } from '../activities/index.ts';
import { createGitHub } from '../github/api/client.ts';
import { readLogin } from '../github/api/login.ts';
import { githubApiUrl, gitTokenSource, tokenSource } from '../github/api/token.ts';
import { createWatcher } from '../github/watcher/watcher.ts';
import { receiveWebhooks } from '../github/webhooks/webhook.ts';
import { proxyVariables } from '../process/network-variables.ts';
import { forgetPartMark } from '../process/part-marks.ts';
import { coppiceHome, ensurePrivate } from '../state/home.ts';
import { hostId } from '../state/host.ts';
import { knownRepositoriesAtEachLook } from '../state/known-repositories.ts';
import { keepDays } from '../state/old-turns.ts';
import { connectClient, connectWorker, resolveServer } from '../temporal/connect.ts';
import { ensureSearchAttributes } from '../temporal/search-attributes.ts';
import { cleanUpCancelled } from './clean-up-cancelled.ts';
import { createWorkers } from './create-worker.ts';
import { isOpenOn } from './is-open.ts';
import { limits } from './limits.ts';
import { openOutbox, tellOfUsageLimits } from './notifications.ts';
import { recordWorker } from './record-worker.ts';
import { removeOldFiles } from './remove-old-files.ts';
import { logShortly } from './sdk-log.ts';
import { signalSession } from './signal-session.ts';
import { wasCancelledOn } from './was-cancelled.ts';

/**
 * Runs this host's worker until SIGTERM or SIGINT. Then it shuts down: agents are stopped gently, and the next worker
 * resumes them. `onReady` is called when it polls.
 */
export async function runWorker(env: NodeJS.ProcessEnv, onReady: () => void): Promise<void> {
  const home = coppiceHome(env);
  ensurePrivate(home);
  const server = await resolveServer(env, home);
  if (!server) throw new Error('no Temporal server is configured: run `coppice up`');
  const connection = await connectWorker(server);
  await ensureSearchAttributes(connection, server.namespace);
  const { client, close } = await connectClient(server);
  const { agents, pollSeconds, webhook } = limits(env);
  const days = keepDays(env);
  const log = (line: string) => console.error(`${new Date().toISOString()} ${line}`);

  const tokens = tokenSource(env);
  const reached = { apiUrl: githubApiUrl(env), tokens };
  const watching = new AbortController();
  // A request that GitHub does not answer would keep the process from ending.
  const look = () => readLogin({ ...reached, signal: watching.signal });
  const { onAnswer } = await recordWorker({ home, env, log, readLogin: look });
  const atGitHub = { ...reached, home, onAnswer };
  const github = createGitHub(atGitHub);
  const watcher = createWatcher({
    home,
    // The watcher has a connection of its own, because its requests may be abandoned at any moment, and those of activities may not.
    github: createGitHub({ ...atGitHub, signal: watching.signal }),
    interval: pollSeconds,
    deliver: signalSession(client),
    log,
    abandon: () => watching.abort(),
  });
  const outbox = openOutbox({ home, env, log });
  const activities = createActivities({
    home,
    env,
    github,
    tokens: gitTokenSource(env, tokens),
    ...{ outbox, log },
    onWatch: () => watcher.nudge(),
    isOpen: isOpenOn(client),
    lookEvery: pollSeconds * 1_000,
  });
  const workers = await createWorkers({
    connection,
    namespace: server.namespace,
    hostId: await hostId(home),
    activities,
    agents,
    repositories: knownRepositoriesAtEachLook(home),
    log,
  });

  // Not `once`: libraries that tidy up at a signal end the process when nobody else seems to listen.
  const shutDown = () => {
    void watcher.stop();
    workers.shutdown();
  };
  process.on('SIGTERM', shutDown);
  process.on('SIGINT', shutDown);
  const receiver =
    webhook && (await receiveWebhooks({ ...webhook, log, onEvent: watcher.nudgeFor }));
  if (receiver) log(`GitHub's webhooks are received at ${receiver.url}`);
  watcher.start();
  outbox.start();
  const stopTelling = tellOfUsageLimits({ home, env, log }, outbox);
  const stopTidying = removeOldFiles({ home, days, log });
  const clearing = cleanUpCancelled({
    ...{ home, wasCancelled: wasCancelledOn(client), grace: 8_000, log },
  });
  onReady();
  await workers.run();
  await receiver?.close();
  await watcher.stop();
  await stopTidying();
  stopTelling();
  await outbox.stop();
  await clearing;
  await close();
  await connection.close();
}

if (import.meta.main) {
  logShortly((line) => console.error(`${new Date().toISOString()} ${line}`));
  forgetPartMark(process.env);
  Object.assign(process.env, proxyVariables(process.env));
  await runWorker(process.env, () => process.send?.({ ready: true }));
}
