import { randomUUID } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { ReportedOutcome } from '../../domain/session/turn.ts';
import { OUTCOME_FILE, OWN } from './report.ts';

/*
 * The tools with which an agent ends its turn, for agents that speak the Model Context Protocol: outcome-server.ts
 * WORKTREE. It runs as the agent does, in its sandbox, and writes the file that any agent may write itself.
 */

const [Done, Stuck] = ReportedOutcome.options;
const own = join(process.argv[2] ?? '', OWN);

/** A link or whatever else has the name is replaced, not followed. */
function report(outcome: ReportedOutcome) {
  const draft = join(own, `outcome-${randomUUID()}`);
  writeFileSync(draft, JSON.stringify(outcome), { flag: 'wx' });
  renameSync(draft, join(own, OUTCOME_FILE));
  return { content: [{ type: 'text' as const, text: 'That is reported. End your turn now.' }] };
}

serveStdio(() => {
  const server = new McpServer({ name: 'coppice', version: '0' });
  server.registerTool(
    'report_outcome',
    {
      description: 'Say that the work is done and committed, and so end your turn',
      inputSchema: Done.omit({ kind: true }),
    },
    (done) => report({ kind: 'done', ...done }),
  );
  server.registerTool(
    'ask_person',
    {
      description:
        'Ask the person you work for a decision that is not yours to take, and so end your turn: the answer comes with your next one',
      inputSchema: Stuck.omit({ kind: true }),
    },
    (question) => report({ kind: 'stuck', ...question }),
  );
  return server;
});
