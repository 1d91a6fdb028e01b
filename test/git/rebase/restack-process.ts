import { z } from 'zod';
import { Base, SessionLocation } from '../../../src/domain/session/session.ts';
import { restack } from '../../../src/git/rebase/restack.ts';

// A process for a test to kill while it restacks.
const { location, base } = z
  .object({ location: SessionLocation, base: Base })
  .parse(JSON.parse(process.argv[2] ?? ''));
await restack(location, base, 'main', { tokens: async () => '' });
