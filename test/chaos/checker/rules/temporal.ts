import type { Rules } from '../check.ts';

const ENDS_WELL = ['COMPLETED', 'CONTINUED_AS_NEW'];

/** Temporal ends an execution at 51,200 events; long before that it is to continue as new. */
const MAX_EVENTS = 10_000;

export const temporalRules: Rules = {
  'every workflow ends well': ({ executions }) =>
    executions
      .filter(({ status }) => !ENDS_WELL.includes(status))
      .map(({ id, status }) => `${id} is ${status}`),

  'every issue has had a session': ({ world, executions }) =>
    world.issues
      .filter((issue) => !executions.some(({ id }) => id.endsWith(`/issues/${issue}`)))
      .map((issue) => `#${issue} has no session in Temporal`),

  'no workflow task fails': ({ executions }) =>
    executions.flatMap(({ id, taskFailures }) => taskFailures.map((why) => `${id}: ${why}`)),

  'histories are bounded': ({ executions }) =>
    executions
      .filter(({ events }) => events > MAX_EVENTS)
      .map(({ id, events }) => `${id} has ${events} events`),
};
