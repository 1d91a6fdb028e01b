/**
 * Whether a path is longer than the system allows. A program that changes into one directory after another can
 * make such paths. Git can't add what is there, and neither git nor Node.js can open it.
 */
export const isTooLong = (error: unknown): boolean =>
  (error as NodeJS.ErrnoException | null)?.code === 'ENAMETOOLONG';
