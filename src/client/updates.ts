import { ClientError } from './types.ts';

/** Milliseconds that a person waits for a worker to take an update. */
export const UPDATE_PATIENCE = 20_000;

/** A worker that comes back later may take it still. */
export const noWorkerTook = (whose: string): ClientError =>
  new ClientError(
    'Unanswered',
    `${whose} did not answer in ${UPDATE_PATIENCE / 1_000} seconds, and may do it later: coppice status tells what is wrong; coppice up starts a worker`,
  );
