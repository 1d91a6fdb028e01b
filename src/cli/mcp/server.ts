import { McpServer } from '@modelcontextprotocol/server';
import type { Context } from '../context.ts';
import { addAnswerTools } from './answer-tools.ts';
import { addPrompts, INSTRUCTIONS } from './prompts.ts';
import { addResources } from './resources.ts';
import { addCommandTools } from './tools.ts';

/** Coppice as a server of the Model Context Protocol, for the chat in which a person plans. */
export function createMcpServer(context: Context, version: string): McpServer {
  const server = new McpServer({ name: 'coppice', version }, { instructions: INSTRUCTIONS });
  addCommandTools(server, context);
  addAnswerTools(server, context);
  addResources(server, context);
  addPrompts(server);
  return server;
}
