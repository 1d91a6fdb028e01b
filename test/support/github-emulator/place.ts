import type { EmulatedRepository } from './state.ts';

/** Where an object is, and how its addresses begin. */
export interface SessionLocation {
  readonly repository: EmulatedRepository;
  readonly origin: string;
  readonly hidesChecks: boolean;
}
