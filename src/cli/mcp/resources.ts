import { type McpServer, ResourceTemplate } from '@modelcontextprotocol/server';
import { withoutTimes } from '../../client/board-changes.ts';
import type { Context } from '../context.ts';
import { notifyOfChanges } from './changes.ts';
import { runCommand } from './run-command.ts';

const STATUS = 'coppice://status';
const JSON_TYPE = 'application/json';

/** What a chat can hold on to and hear changes of: the board, and each session. */
export function addResources(server: McpServer, context: Context): void {
  const read = async (uri: string, args: readonly string[]) => {
    const { content, isError } = await runCommand(context, args, 'all');
    const [{ text } = { text: '' }] = content;
    if (isError) throw new Error(text);
    return { contents: [{ uri, mimeType: JSON_TYPE, text }] };
  };
  notifyOfChanges(server, STATUS, async () => {
    const { content, isError } = await runCommand(context, ['status', '--json'], 'all');
    const [{ text } = { text: '' }] = content;
    return isError ? text : JSON.stringify(JSON.parse(text), withoutTimes);
  });
  server.registerResource(
    'status',
    STATUS,
    { title: 'Sessions', description: 'The sessions of this repository', mimeType: JSON_TYPE },
    ({ href }) => read(href, ['status', '--json']),
  );
  server.registerResource(
    'session',
    new ResourceTemplate('coppice://sessions/{issue}', { list: undefined }),
    { title: 'Session', description: 'Everything about one session', mimeType: JSON_TYPE },
    ({ href }, { issue }) => read(href, ['show', '--json', `${issue}`]),
  );
}
