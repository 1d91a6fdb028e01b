import {
  condition,
  defineSignal,
  ParentClosePolicy,
  proxyActivities,
  setHandler,
  startChild,
} from '@temporalio/workflow';

/** What a child costs that does nothing of ours: the floor under sessions. */

const { noop } = proxyActivities<{ noop(): Promise<void> }>({ startToCloseTimeout: '1m' });

export async function floorChild(activities: number): Promise<void> {
  for (let done = 0; done < activities; done++) await noop();
}

/** Runs children, so many at a time. */
export async function floorRun(
  children: number,
  atATime: number,
  activities: number,
): Promise<void> {
  let open = 0;
  for (let child = 0; child < children; child++) {
    await condition(() => open < atATime);
    open++;
    const started = await startChild(floorChild, {
      args: [activities],
      parentClosePolicy: ParentClosePolicy.ABANDON,
    });
    void started.result().then(() => open--);
  }
  await condition(() => open === 0);
}

export const floorSignal = defineSignal('floor');
export const floorEnd = defineSignal('end');

/** Starts an activity, and another for each signal, until it is told to end. */
export async function floorListener(): Promise<void> {
  let heard = 1;
  let ended = false;
  setHandler(floorSignal, () => void heard++);
  setHandler(floorEnd, () => {
    ended = true;
  });
  while (!ended) {
    if (heard > 0) {
      heard--;
      await noop();
    } else await condition(() => heard > 0 || ended);
  }
}
