import { z } from 'zod';
import { Base, Place } from '../../../src/domain/session/session.ts';
import { restack } from '../../../src/git/rebase/restack.ts';

// A process for a test to kill while it restacks.
const { place, base } = z
  .object({ place: Place, base: Base })
  .parse(JSON.parse(process.argv[2] ?? ''));
await restack(place, base, 'main', { tokens: async () => '' });
