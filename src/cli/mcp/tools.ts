import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { runCommand } from './run-command.ts';

/** A tool that runs a command of the command line, so that both do the same and refuse the same. */
interface CommandTool<Input extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly description: string;
  readonly input: Input;
  /** `reads` changes nothing; `ends` can't be undone by another tool. */
  readonly effect: 'reads' | 'changes' | 'ends';
  readonly keep?: 'end';
  args(input: z.output<Input>): readonly string[];
}

/** Keeps the relation of the input and what reads it, which an array of tools would lose. */
const tool = <Input extends z.ZodObject>(made: CommandTool<Input>): CommandTool =>
  made as unknown as CommandTool;

const issue = z.int().min(1).describe('number of the issue');
const issues = z.array(issue).min(1).max(100).describe('numbers of the issues');
const run = z.string().min(1).optional().describe('name of the run; default: the only open one');
/** More is for a person at a terminal, who is told what it costs. */
const workers = z.int().min(1).max(10).describe('how many sessions may have an agent at work');
const order = z
  .array(z.object({ issue, after: issue }))
  .default([])
  .describe('issues that must start after another one');

/** A plan's file, in the checkout: a chat writes over no other file. */
const planFile = z
  .string()
  .regex(/^plan[\w.-]*\.yaml$/, 'expected a name such as plan.yaml or plan-2.yaml');

/** An option and its value in one word, so that no value is read as an option. */
const option = (name: string, value: string | number | undefined): string[] =>
  value === undefined ? [] : [`--${name}=${value}`];
const flag = (name: string, isSet: boolean): string[] => (isSet ? [`--${name}`] : []);
const after = (orders: z.output<typeof order>): string[] =>
  orders.flatMap((one) => option('after', `${one.issue}:${one.after}`));

const TOOLS: readonly CommandTool[] = [
  tool({
    name: 'status',
    description:
      'The sessions of this repository, what waits for the person, the queue, and the open runs.',
    input: z.object({ run }),
    effect: 'reads',
    args: (input) => ['status', ...option('run', input.run)],
  }),
  tool({
    name: 'show',
    description:
      'Everything about one session: its question with the numbered options, its plan, turns, guidance, cost and pull request.',
    input: z.object({ issue }),
    effect: 'reads',
    args: (input) => ['show', `${input.issue}`, '--json'],
  }),
  tool({
    name: 'diff',
    description: 'What a session has committed, as a diff.',
    input: z.object({
      issue,
      stat: z.boolean().default(false).describe('only how much of each file'),
    }),
    effect: 'reads',
    args: (input) => ['diff', `${input.issue}`, ...flag('stat', input.stat)],
  }),
  tool({
    name: 'logs',
    description: 'What the agent of a session did; of a long log the end.',
    input: z.object({ issue }),
    effect: 'reads',
    keep: 'end',
    args: (input) => ['logs', `${input.issue}`],
  }),
  tool({
    name: 'doctor',
    description: 'Checks this machine, the configuration and the GitHub token.',
    input: z.object({}),
    effect: 'reads',
    args: () => ['doctor', '--json'],
  }),
  tool({
    name: 'plan',
    description:
      'Which issues are ready, which can be worked on in parallel, which come one after the other, and what needs care. Starts nothing. With `file` the plan is also written, and `run` can start it.',
    input: z.object({
      issues: z.array(issue).max(500).default([]),
      all_open: z.boolean().default(false).describe('all open issues'),
      labels: z.array(z.string().min(1)).default([]).describe('open issues with these labels'),
      milestone: z.string().min(1).optional().describe('open issues of this milestone'),
      search: z.string().min(1).optional().describe('open issues that match this GitHub search'),
      with_dependencies: z.boolean().default(false),
      after: order,
      workers: workers.optional(),
      file: planFile.optional().describe('where the plan is written, such as plan.yaml'),
    }),
    effect: 'changes',
    args: (input) => [
      ...['plan', ...input.issues.map(String), '--json', '--yes'],
      ...flag('all-open', input.all_open),
      ...input.labels.flatMap((label) => option('label', label)),
      ...[...option('milestone', input.milestone), ...option('search', input.search)],
      ...flag('with-dependencies', input.with_dependencies),
      ...[...after(input.after), ...option('workers', input.workers)],
      ...[...option('output', input.file), ...flag('force', input.file !== undefined)],
    ],
  }),
  tool({
    name: 'run',
    description:
      'Starts agents on issues, or on a plan file. This costs money: start only what the person has agreed to. Issues that are not ready are left out.',
    input: z.object({
      issues: issues.optional(),
      plan_file: planFile.optional().describe('instead of the issues: such as plan.yaml'),
      after: order,
      workers: workers.optional(),
      agent: z.string().min(1).optional().describe('a name under agents: in coppice.yaml'),
      name: z.string().min(1).optional().describe('name of the run'),
    }),
    effect: 'changes',
    args: (input) => [
      ...['run', ...(input.issues ?? []).map(String)],
      ...(input.plan_file === undefined ? [] : [input.plan_file]),
      ...[...after(input.after), ...option('workers', input.workers)],
      ...[...option('agent', input.agent), ...option('name', input.name), '--yes'],
    ],
  }),
  tool({
    name: 'add',
    description: 'Adds an issue to an open run. An agent works on it, which costs money.',
    input: z.object({ issue, after: z.array(issue).default([]), run }),
    effect: 'changes',
    args: (input) => [
      ...['add', `${input.issue}`, ...option('run', input.run)],
      ...input.after.flatMap((one) => option('after', one)),
    ],
  }),
  tool({
    name: 'drop',
    description: 'Removes an issue that has not started from a run.',
    input: z.object({ issue, run }),
    effect: 'changes',
    args: (input) => ['drop', `${input.issue}`, ...option('run', input.run)],
  }),
  tool({
    name: 'reorder',
    description: 'Lets these issues of a run start next, in this order.',
    input: z.object({ issues, run }),
    effect: 'changes',
    args: (input) => ['reorder', ...input.issues.map(String), ...option('run', input.run)],
  }),
  tool({
    name: 'workers',
    description: 'Changes how many sessions of a run may have an agent at work.',
    input: z.object({ count: workers, run }),
    effect: 'changes',
    args: (input) => ['workers', `${input.count}`, ...option('run', input.run)],
  }),
  ...(['pause', 'resume'] as const).map((name) =>
    tool({
      name,
      description:
        name === 'pause'
          ? 'Pauses sessions, or a run with its sessions, after the current turns.'
          : 'Resumes paused sessions, or a paused run.',
      input: z.object({ issues: issues.optional(), run }),
      effect: 'changes',
      args: (input) => [
        ...[name, ...(input.issues ?? []).map(String)],
        ...option('run', input.run),
      ],
    }),
  ),
  tool({
    name: 'cancel',
    description:
      'Cancels sessions, or, with `run`, the part of a run that has not started. The work is kept.',
    input: z.object({ issues: issues.optional(), run }),
    effect: 'ends',
    args: (input) => ['cancel', ...(input.issues ?? []).map(String), ...option('run', input.run)],
  }),
  tool({
    name: 'prune',
    description:
      'Removes worktrees and local branches of ended sessions. Work that exists nowhere else is kept. Look at it with `dry_run` first.',
    input: z.object({ dry_run: z.boolean().default(true) }),
    effect: 'ends',
    args: (input) => ['prune', '--json', ...flag('dry-run', input.dry_run)],
  }),
];

/** Lets the chat use the command line. */
export function addCommandTools(server: McpServer, context: Context): void {
  for (const { name, description, input, effect, keep, args } of TOOLS)
    server.registerTool(
      name,
      {
        description,
        inputSchema: input.strict(),
        annotations: { readOnlyHint: effect === 'reads', destructiveHint: effect === 'ends' },
      },
      (given) => runCommand(context, args(given), keep),
    );
}
