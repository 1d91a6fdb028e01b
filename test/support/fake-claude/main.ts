import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/*
 * Stands in for Claude Code, by its name on PATH. With `-p` it asks in its first turn and is done in those that resume; without,
 * it is the interactive form: it notes how it was started in FAKE_CLAUDE_DIR, and leaves with the exit code that is written to
 * the file `leave` there.
 */

const args = process.argv.slice(2);
const directory = process.env.FAKE_CLAUDE_DIR ?? '.';
const file = (name: string): string => join(directory, name);
const after = (option: string): string | undefined => args[args.indexOf(option) + 1];

if (args.includes('--version')) console.log('2.1.330 (Claude Code)');
else if (args.includes('-p')) print();
else await interact();

function print(): void {
  const resumed = args.includes('--resume');
  const session = after(resumed ? '--resume' : '--session-id');
  const say = (line: object) => console.log(JSON.stringify(line));
  appendFileSync(file('prompts'), `${readFileSync(0, 'utf8')}\n=====\n`);
  say({ type: 'system', subtype: 'init', session_id: session });
  if (resumed) {
    writeFileSync('work.txt', 'done\n');
    git('add', 'work.txt');
    git('commit', '--quiet', '--allow-empty', '--message', 'Work');
  }
  const output = resumed
    ? { kind: 'done', summary: 'Did it.' }
    : { kind: 'stuck', decision: 'Which way?', options: ['left', 'right'], context: '' };
  say({ type: 'result', subtype: 'success', is_error: false, structured_output: output });
}

function git(...words: string[]): void {
  const as = ['-c', 'user.name=Agent', '-c', 'user.email=agent@example.com'];
  execFileSync('git', [...as, '-c', 'commit.gpgSign=false', ...words]);
}

async function interact(): Promise<void> {
  const { env, pid } = process;
  writeFileSync(file('opened'), JSON.stringify({ args, env, pid, cwd: process.cwd() }));
  while (!existsSync(file('leave'))) await sleep(20);
  process.exitCode = Number(readFileSync(file('leave'), 'utf8'));
}
