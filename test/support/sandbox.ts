import { describe } from 'vitest';
import { sandboxAvailability } from '../../src/agents/sandbox/availability.ts';

const found = sandboxAvailability(process.env);
if (!found.available)
  console.warn(`skipped: this machine has no sandbox, since ${found.reason}: ${found.install}`);

/** Tests of the real sandbox; skipped, in so many words, on a machine that has none. */
export const describeSandboxed = describe.skipIf(!found.available);
