import { CoppiceError } from '../../domain/shared/failure.ts';
import { signing, trySigning } from '../../git/remote/signing.ts';

/** How a person's commits are signed, and what keeps them from being signed now. */
export interface SigningState {
  readonly format: string;
  readonly problem?: string;
}

/** Reads how the person signs commits; undefined when they do not sign. */
export async function readSigning(checkout: string): Promise<SigningState | undefined> {
  const found = await signing(checkout);
  if (!found) return undefined;
  try {
    await trySigning(checkout);
    return found;
  } catch (error) {
    if (!(error instanceof CoppiceError)) throw error;
    return { ...found, problem: error.message };
  }
}

/** The warnings about signing before a run. */
export const signingWarnings = ({ format, problem }: SigningState): string =>
  problem ??
  `you sign your commits (${format}): agents commit unsigned, and Coppice signs with your key before each push`;
