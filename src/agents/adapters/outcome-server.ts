import { randomUUID } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { ReportedOutcome } from '../../domain/session/turn.ts';
import { OUTCOME_FILE, OWN } from './report.ts';

/*
 * An MCP server with the tools that end a turn: `outcome-server.ts WORKTREE`. It runs where the agent runs,
 * in its sandbox, and writes the outcome file, which an agent could also write itself.
 */

const [Done, Stuck] = ReportedOutcome.options;
const own = join(process.argv[2] ?? '', OWN);

/** Writes the outcome file. A link or anything else with that name is replaced, and not followed. */
function report(outcome: ReportedOutcome) {
  const draft = join(own, `outcome-${randomUUID()}`);
  writeFileSync(draft, JSON.stringify(outcome), { flag: 'wx' });
  renameSync(draft, join(own, OUTCOME_FILE));
  return {
    content: [{ type: 'text' as const, text: 'The outcome is reported. End your turn now.' }],
  };
}

serveStdio(() => {
  const server = new McpServer({ name: 'coppice', version: '0' });
  server.registerTool(
    'report_outcome',
    {
      description: 'Report that the work is done and committed. This ends your turn.',
      inputSchema: Done.omit({ kind: true }),
    },
    (done) => report({ kind: 'done', ...done }),
  );
  server.registerTool(
    'ask_person',
    {
      description:
        'Ask the person you work for to make a decision that you must not make yourself. This ends your turn. The answer comes with your next turn.',
      inputSchema: Stuck.omit({ kind: true }),
    },
    (question) => report({ kind: 'stuck', ...question }),
  );
  return server;
});
