import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { type GuidanceInput, MAX_GUIDANCE } from '../../domain/session/guidance.ts';
import { withCoppice } from '../connection.ts';
import type { Context } from '../context.ts';
import { report } from '../errors.ts';
import { findRepository } from '../project.ts';
import { type ToolResult, toolResult } from './run-command.ts';

const issue = z.int().min(1).describe('number of the issue');
const text = z.string().trim().min(1).max(MAX_GUIDANCE);

const Guide = z.strictObject({
  issue,
  text: text.describe('what the person wants, in their own words as far as possible'),
  interrupt: z
    .boolean()
    .default(false)
    .describe('stop the current turn, so that the agent gets this now'),
});

const Answer = z.strictObject({
  issue,
  question: z
    .string()
    .min(1)
    .max(10_000)
    .describe(
      'the question, exactly as `decision` in `show`; when another one is open by now, the answer is refused',
    ),
  answer: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('option'), number: z.int().min(1).max(99) }),
    z.strictObject({ kind: z.literal('text'), text }),
    z.strictObject({ kind: z.literal('approve') }),
    z.strictObject({ kind: z.literal('retry') }),
  ]),
});

/**
 * The tools with which a chat passes on what the person decided. A session is told that a model passed it on. What only a
 * person at a terminal may do has no tool: to allow the agent another tool, to raise a budget.
 */
export function addAnswerTools(server: McpServer, context: Context): void {
  const annotations = { readOnlyHint: false, destructiveHint: false };
  server.registerTool(
    'guide',
    {
      description: 'Sends a session the guidance of the person.',
      ...{ inputSchema: Guide, annotations },
    },
    ({ issue, ...said }) => send(context, issue, said),
  );
  server.registerTool(
    'answer',
    {
      description:
        'Answers the question of a session. Ask the person first: an answer is the person’s decision, never yours.',
      ...{ inputSchema: Answer, annotations },
    },
    ({ issue, question, answer }) =>
      send(context, issue, { about: question, ...guidanceOf(answer) }),
  );
}

function guidanceOf(answer: z.output<typeof Answer>['answer']): Exclude<GuidanceInput, string> {
  switch (answer.kind) {
    case 'option':
      return { option: answer.number };
    case 'text':
      return { text: answer.text };
    default:
      return { action: answer.kind };
  }
}

async function send(
  context: Context,
  issue: number,
  guidance: Exclude<GuidanceInput, string>,
): Promise<ToolResult> {
  try {
    const repository = await findRepository(context);
    await withCoppice(context.services, (coppice) =>
      coppice.guide(repository, issue, { ...guidance, relayed: true }),
    );
    return toolResult([`Guidance sent to #${issue}.`]);
  } catch (error) {
    return toolResult([report(error, false).text], { isError: true });
  }
}
