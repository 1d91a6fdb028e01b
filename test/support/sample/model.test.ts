import { readFileSync } from 'node:fs';
import { appendFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { readStructured } from '../../../src/agents/adapters/structured.ts';
import { type PromptInput, renderPrompt } from '../../../src/agents/prompt/prompt.ts';
import { readTemplates } from '../../../src/agents/prompt/templates.ts';
import { withDefaults } from '../../../src/domain/session/options.ts';
import type { ReportedOutcome } from '../../../src/domain/session/turn.ts';
import { RepositoryName } from '../../../src/domain/shared/repository.ts';
import { temporaryDirectory } from '../temporary.ts';
import { SAMPLE_ISSUES, TOKEN_REFRESH, TOKEN_REFRESH_GUIDANCE } from './issues.ts';
import { sampleModel } from './model.ts';
import { createSampleRepository } from './repository.ts';

const SCRIPTED_AGENT = fileURLToPath(new URL('../scripted-agent/main.ts', import.meta.url));

const POINTS = '[comment:1] @ann commented (u):\nx\n\n[reply:2] @bob wrote (u):\ny';

type Why = Partial<PromptInput> & Pick<PromptInput, 'kind'>;

async function prompt(issue: number, why: Why): Promise<string> {
  const branch = `issue-${issue}`;
  const where = { checkout: '/nowhere', worktree: '/nowhere/else', branch, remote: 'origin' };
  return renderPrompt(await readTemplates(where.checkout), {
    location: { ...where, repository: RepositoryName.parse('acme/app'), issue, hostId: 'h' },
    base: 'main',
    issue: { title: 'As the sample has it', body: '' },
    ...{ context: '', guidance: '', again: false, reports: 'structured' as const },
    ...why,
  });
}

async function sample() {
  const directory = temporaryDirectory('model');
  await createSampleRepository(directory);
  await appendFile(join(directory, '.git/info/exclude'), '.coppice/\n');
  const me = { GIT_AUTHOR_NAME: 'me', GIT_AUTHOR_EMAIL: 'me@example.com' };
  const env = { ...me, GIT_COMMITTER_NAME: 'me', GIT_COMMITTER_EMAIL: 'me@example.com' };
  const run = async (program: string, ...args: string[]) =>
    (await execa(program, args, { cwd: directory, env, all: true, reject: false })).all;
  return {
    directory,
    run,
    tree: () => run('git', 'rev-parse', 'HEAD^{tree}'),
    commits: () => run('git', 'rev-list', '--count', 'HEAD'),
  };
}

/** An agent with nothing but a shell and the conversation so far. */
function agent({ run }: Awaited<ReturnType<typeof sample>>, issue: number) {
  const before: string[] = [];
  return async (why: Why): Promise<ReportedOutcome> => {
    const asked = await prompt(issue, why);
    const tools = { Bash: { properties: { command: { type: 'string' } } } };
    const results: string[] = [];
    for (;;) {
      const reply = sampleModel({ prompt: asked, before: [...before], results, tools });
      if ('call' in reply) {
        const { command } = reply.call.input as { readonly command: string };
        results.push(await run('bash', '-c', command));
      } else {
        before.push(asked);
        const read = readStructured(JSON.parse('text' in reply ? reply.text : ''));
        if ('problem' in read) throw new Error(read.problem);
        return read.report;
      }
    }
  };
}

/** The scripted agent's turn. */
const scripted = (cwd: string, issue: number, kind: string, text = '') =>
  execa(process.execPath, [SCRIPTED_AGENT], {
    cwd,
    input: `Issue #${issue}\n${text}`,
    env: { COPPICE_TURN_KIND: kind, COPPICE_TURN: kind, SCRIPTED_AGENT_DELAY: '0' },
  });

test('the model does for every issue what the scripted agent does', async () => {
  const [one, other] = [await sample(), await sample()];
  for (const { number } of SAMPLE_ISSUES) {
    const turn = agent(one, number);
    await mkdir(join(one.directory, '.coppice'), { recursive: true });
    expect(await turn({ kind: 'plan' })).toMatchObject({ kind: 'done' });
    await scripted(other.directory, number, 'plan');
    const [plan, otherPlan] = [one, other].map(({ directory }) =>
      readFileSync(join(directory, '.coppice/plan.md'), 'utf8'),
    );
    expect(plan).toBe(otherPlan);

    let outcome = await turn({ kind: 'implement' });
    await scripted(other.directory, number, 'implement');
    if (number === 124) {
      const options = withDefaults(TOKEN_REFRESH.options);
      expect(outcome).toEqual({ kind: 'stuck', ...TOKEN_REFRESH, options });
      outcome = await turn({ kind: 'guidance', guidance: TOKEN_REFRESH_GUIDANCE });
      await scripted(
        ...([other.directory, number, 'guidance'] as const),
        `\n## Guidance\n\n${TOKEN_REFRESH_GUIDANCE}\n`,
      );
    }
    expect(outcome).toMatchObject({ kind: 'done' });
    expect(await turn({ kind: 'feedback', context: POINTS })).toMatchObject({ kind: 'done' });
    await scripted(other.directory, number, 'feedback', POINTS);
    expect(await one.tree()).toBe(await other.tree());
    expect(await one.commits()).toBe(await other.commits());
    await rm(join(other.directory, '.coppice'), { recursive: true });
  }
  expect(await one.run('git', 'status', '--porcelain')).toBe('');
});

test('its second turn on feedback is another than its first, also when one was begun again', async () => {
  const one = await sample();
  const turn = agent(one, 123);
  await turn({ kind: 'implement' });
  const first = { kind: 'feedback', context: POINTS } as const;
  await turn(first);
  expect(await turn({ ...first, again: true })).toMatchObject({
    replies: [
      { to: 'comment:1', text: 'Changed as you say.' },
      { to: 'reply:2', text: 'Changed as you say.' },
    ],
  });
  expect(await turn(first)).toMatchObject({ summary: 'Nothing had to be changed.' });
  expect(await one.commits()).toBe('3');
});

test('a turn that is begun again does nothing twice, and guidance counts once', async () => {
  const one = await sample();
  const turn = agent(one, 124);
  await turn({ kind: 'implement' });
  const told = { kind: 'guidance', guidance: 'Sliding, with a 20-minute window' } as const;
  await turn(told);
  await turn({ ...told, again: true });
  expect(await one.commits()).toBe('2');
  expect(await one.run('git', 'show', 'HEAD:src/auth/session.js')).toContain('MINUTES = 20');
  expect(await turn({ kind: 'guidance', guidance: 'Well done.' })).toMatchObject({ kind: 'done' });
});

test('a step that does not work makes it ask, and change nothing more', async () => {
  const one = await sample();
  expect(await agent(one, 127)({ kind: 'implement' })).toMatchObject({
    kind: 'stuck',
    context: expect.stringContaining('src/auth/service.js has no'),
  });
  expect(await one.commits()).toBe('1');
});
