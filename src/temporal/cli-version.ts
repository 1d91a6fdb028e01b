import { execa } from 'execa';

/** The release of the Temporal CLI that Coppice downloads or builds; scripts/temporal-cli/go.mod pins the same. */
export const TEMPORAL_CLI = '1.8.2';

/**
 * The oldest release that is used when it is found on PATH. An older server may not understand a database that the pinned release
 * has written, and only this series is tested.
 */
export const OLDEST_TEMPORAL_CLI = '1.8.0';

/** @returns the version that `program` prints, or undefined when it is not a working Temporal CLI */
export async function temporalCliVersion(program: string): Promise<string | undefined> {
  const { stdout } = await execa(program, ['--version'], { reject: false, timeout: 20_000 });
  return /^temporal version (\d+\.\d+\.\d+)/m.exec(stdout ?? '')?.[1];
}

export function isNewEnough(version: string): boolean {
  return version.localeCompare(OLDEST_TEMPORAL_CLI, 'en', { numeric: true }) >= 0;
}
