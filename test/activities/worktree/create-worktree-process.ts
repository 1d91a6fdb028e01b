import { createWorktree } from '../../../src/activities/worktree/create-worktree.ts';
import { SessionLocation } from '../../../src/domain/session/session.ts';
import { coppiceHome } from '../../../src/state/home.ts';

// A process for a test to kill while it creates a worktree.
await createWorktree(
  { home: coppiceHome(), tokens: async () => '' },
  {
    location: SessionLocation.parse(JSON.parse(process.argv[2] ?? '')),
    workflowId: 'coppice/acme/app/issues/124',
    from: 'main',
  },
  new AbortController().signal,
);
