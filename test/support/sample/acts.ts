import { dirname } from 'node:path';
import { report } from '../model-server/report.ts';
import { type Asked, call, type Reply, run } from '../model-server/scenario.ts';
import { doneReport, type ReportContext, stuckReport } from '../scripted-agent/reports.ts';
import { expand, type Step } from '../scripted-agent/script.ts';

/** One step as a model takes it. */
export interface Act {
  readonly reply: (asked: Asked) => Reply;
  /** Whether what a tool gave back says that it worked. */
  readonly worked: (result: string) => boolean;
}

/** Steps are commands of the agent's shell, but for the report at the end, and what Claude Code has a tool for and no shell. */
export function actOf(step: Step, context: ReportContext): Act {
  switch (step.do) {
    case 'ask':
      return ending(report(stuckReport(step)));
    case 'done':
      return ending(report(doneReport(step, context)));
    case 'write':
      return written(step.path, expand(step.content, context.answer));
    default:
      return shell(commandFor(step));
  }
}

const ending = (reply: Act['reply']): Act => ({ reply, worked: () => true });

/** A command that says how it ended, in words that are not in the command. */
const shell = (command: string): Act => ({
  reply: run(`(${command}); echo "ended with $?"`),
  worked: (result) => result.includes('ended with 0'),
});

/** In a planning turn Claude Code has leave to use no shell. */
function written(path: string, content: string): Act {
  const command = `mkdir -p ${quoted(dirname(path))} && printf %s ${quoted(content)} >${quoted(path)}`;
  const { reply, worked } = shell(command);
  if (!path.startsWith('.coppice/')) return { reply, worked };
  return {
    reply: (asked) =>
      'Write' in asked.tools ? call('Write', { file_path: path, content })() : reply(asked),
    worked: (result) => worked(result) || /(created|updated) successfully/.test(result),
  };
}

/** @throws Error for what no play of the sample has */
function commandFor(step: Step): string {
  switch (step.do) {
    case 'read':
      return `cat ${quoted(step.path)}`;
    case 'replace':
      return [NODE, '-e', REPLACE, step.path, step.from, step.to].map(quoted).join(' ');
    case 'test':
      return `${quoted(NODE)} --test --test-reporter=dot`;
    case 'commit':
      return `git add --all && (git diff --cached --quiet || git commit --quiet --message ${quoted(step.message)})`;
    default:
      throw new Error(`the sample’s model has no way to ${step.do}`);
  }
}

const NODE = process.execPath;

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/** Replaces a text in a file, once; fails when the file holds neither. */
const REPLACE = `
const { readFileSync, writeFileSync } = require('node:fs');
const [path, from, to] = process.argv.slice(1);
const text = readFileSync(path, 'utf8');
if (!text.includes(to) && !text.includes(from)) throw new Error(path + ' has no: ' + from);
if (!text.includes(to)) writeFileSync(path, text.replace(from, () => to));
`.trim();
