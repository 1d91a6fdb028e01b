import { serveStdio } from '@modelcontextprotocol/server/stdio';
import type { Context } from '../context.ts';
import { createMcpServer } from '../mcp/server.ts';
import { findRepository } from '../project.ts';

/** Serves a chat on standard input and output until it ends. */
export async function mcp(context: Context, version: string): Promise<void> {
  // A server of no repository would fail at each tool.
  await findRepository(context);
  serveStdio(() => createMcpServer(context, version), {
    onerror: (error) => context.terminal.err(`coppice: ${error.message}`),
  });
}
