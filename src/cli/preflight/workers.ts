import { MANY_WORKERS, TOO_MANY_WORKERS } from '../../planning/rules/recommendation.ts';

/** The reason to refuse so many workers, unless the person confirmed it with `--yes`. */
export const tooManyWorkers = (workers: number, meant: boolean): string[] =>
  workers > TOO_MANY_WORKERS && !meant
    ? [`${workers} workers are more than ${TOO_MANY_WORKERS}: add --yes if you mean it`]
    : [];

/** A warning for many workers; undefined for few. */
export const manyWorkers = (workers: number): string | undefined =>
  workers > MANY_WORKERS
    ? `coppice: ${workers} workers: expect conflicts between them, and as many pull requests to review; 3 to 5 are easier`
    : undefined;
