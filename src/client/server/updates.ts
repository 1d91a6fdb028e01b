import { ClientError } from '../types.ts';

/** How long a command waits for a worker to accept an update, in milliseconds. */
export const UPDATE_TIMEOUT = 20_000;

/** The error for an update that no worker accepted in time. A worker that comes back later may still accept it. */
export const updateNotAccepted = (whose: string): ClientError =>
  new ClientError(
    'Unresponsive',
    `${whose} did not answer in ${UPDATE_TIMEOUT / 1_000} seconds, and may still do it later: coppice status shows what is wrong, and coppice up starts a worker`,
  );
