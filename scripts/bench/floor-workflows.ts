import { condition, ParentClosePolicy, proxyActivities, startChild } from '@temporalio/workflow';

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
