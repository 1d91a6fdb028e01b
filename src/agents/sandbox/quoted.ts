/** A word as the shell reads it back unchanged. */
export const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;
