/** The result of one check of this machine or of GitHub. */
export interface Check {
  /** What was checked, e.g. `git`. */
  readonly name: string;
  /** Whether Coppice can work. */
  readonly ok: boolean;
  /** Coppice can work, but a person should know this. */
  readonly warning: boolean;
  /** What was found; the first line says it, more may list it. */
  readonly found: string;
  /** What to do, if anything: where possible the one command. */
  readonly advice: string;
}

export const good = (name: string, found: string): Check => ({
  ...{ name, found, advice: '' },
  ok: true,
  warning: false,
});

export const warn = (name: string, found: string, advice: string): Check => ({
  ...{ name, found, advice },
  ok: true,
  warning: true,
});

export const bad = (name: string, found: string, advice: string): Check => ({
  ...{ name, found, advice },
  ok: false,
  warning: false,
});

/** Whether a version such as `2.39.5` is at least another. */
export const atLeast = (version: string, least: string): boolean =>
  version.localeCompare(least, 'en', { numeric: true }) >= 0;
