import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { TurnProgress } from '../../src/agents/turn/ports.ts';
import { REAL_AGENTS } from '../support/agent-setup.ts';
import { report } from '../support/model-server/report.ts';
import { inOrder, run, type Scenario, say } from '../support/model-server/scenario.ts';
import { cancelOnce, commonContract, contractOf, DONE } from './contract.ts';
import { crashContract } from './crashes.ts';
import { sandboxContract } from './sandboxed.ts';
import { type Contract, setStage } from './stage.ts';

const NOBODY = { prompt: '', before: [], results: [], tools: {} };

const contract: Contract = {
  agent: 'codex',
  // The repositories here are temporary files, which its sandbox would let it write.
  settings: (program) => ({
    adapter: 'codex',
    command: [program, '-c', 'sandbox_workspace_write.exclude_slash_tmp=true'],
  }),
  env: (url) => REAL_AGENTS.codex(url).env,
  home: (url) => REAL_AGENTS.codex(url).home,
  access: (url) => REAL_AGENTS.codex(url).config.access,
  report,
};

contractOf(contract, () => {
  commonContract(contract);
  sandboxContract(contract);
  crashContract(contract);

  test('it tells how many tokens each turn took', async () => {
    const stage = await setStage(contract, contract.report(DONE));
    const first = await stage.run();
    expect(first).toMatchObject({ tokens: { input: 10, output: 5 } });
    const { conversation = '' } = first;
    const again = await stage.run({ id: `${stage.turn.id}.again`, conversation, resume: true });
    expect(again).toMatchObject({ conversation, tokens: { input: 10, output: 5 } });
  });

  test('where its tokens have prices, it is stopped in mid-turn with its tool calls whole, and goes on from there', async () => {
    const scenario: Scenario = (asked) => {
      if (asked.prompt.includes('Raised.')) return contract.report(DONE)(asked);
      const tool = asked.results.length + 1;
      if (tool > 3) return { fault: 'silence' };
      return run(`echo begin ${tool} >>count; sleep 1; echo end ${tool} >>count`)(asked);
    };
    const stage = await setStage(contract, scenario);
    // As the model server's answers cost: ten tokens in, five out.
    Object.assign(stage.turn.settings, { prices: { input: 4, output: 20 } });
    const ending = await stage.run({ costLimit: 0.0004 });
    expect(ending).toMatchObject({ outcome: { kind: 'over-budget' }, tokens: { input: 30 } });
    expect(readFileSync(join(stage.worktree, 'count'), 'utf8')).toMatch(/begin 3\nend 3\n$/);
    const { conversation = '' } = ending;
    const again = await stage.run(
      { id: `${stage.turn.id}.raised`, conversation, resume: true, costLimit: 1 },
      { prompt: async () => 'Raised.' },
    );
    expect(again).toMatchObject({ outcome: DONE, conversation, tokens: { input: 10, output: 5 } });
  });

  test('a key in the environment is its login for the turn, and the person’s own login stays', async () => {
    const stage = await setStage(contract, contract.report(DONE), {
      env: { CODEX_API_KEY: 'sk-turn' },
    });
    const directory = join(stage.home, '.codex');
    const own = JSON.stringify({ auth_mode: 'apikey', OPENAI_API_KEY: 'sk-own' });
    const asMaker = [
      `openai_base_url = "${stage.server.url}/v1"`,
      '[analytics]',
      'enabled = false',
    ];
    writeFileSync(
      join(directory, 'config.toml'),
      [...asMaker, '[features]', 'plugins = false'].join('\n'),
    );
    writeFileSync(join(directory, 'auth.json'), own);
    expect((await stage.run()).outcome).toEqual(DONE);
    expect(stage.server.authorizations).toEqual(['Bearer sk-turn']);
    expect(readFileSync(join(directory, 'auth.json'), 'utf8')).toBe(own);
    const { CODEX_API_KEY: _, ...env } = stage.ports.env;
    const id = `${stage.turn.id}.own`;
    expect((await stage.run({ id }, { env })).outcome).toEqual(DONE);
    expect(stage.server.authorizations).toEqual(['Bearer sk-turn', 'Bearer sk-own']);
  });

  test('it may report in the file as well', async () => {
    const stage = await setStage(
      contract,
      inOrder(run(`echo '${JSON.stringify(DONE)}' >.coppice/outcome.json`), say('Done.')),
    );
    expect((await stage.run()).outcome).toEqual(DONE);
  });

  test('its sandbox keeps it in its worktree and off what other worktrees share', async () => {
    const stage = await setStage(
      contract,
      inOrder(
        run('touch ~/outside.txt; git stash --include-untracked; git config user.name Mallory'),
        run(
          'echo "gitdir: /elsewhere" >.git; echo evil >"$(git rev-parse --git-common-dir)/hooks/post-commit"',
        ),
        contract.report(DONE),
      ),
    );
    const config = readFileSync(join(stage.checkout, '.git', 'config'), 'utf8');
    expect((await stage.run()).outcome).toEqual(DONE);
    expect(existsSync(join(stage.ports.env.HOME ?? '', 'outside.txt'))).toBe(false);
    expect(readFileSync(join(stage.checkout, '.git', 'config'), 'utf8')).toBe(config);
    expect(existsSync(join(stage.checkout, '.git', 'refs', 'stash'))).toBe(false);
    expect(existsSync(join(stage.checkout, '.git', 'hooks', 'post-commit'))).toBe(false);
    expect(readFileSync(join(stage.worktree, '.git'), 'utf8')).toContain(stage.turn.git?.own);
  });

  test('a planning turn commits nothing', async () => {
    const stage = await setStage(
      contract,
      inOrder(
        run('echo "A plan." >.coppice/plan.md; git commit --allow-empty -m "Too early"'),
        contract.report(DONE),
      ),
    );
    expect((await stage.run({ kind: 'plan' })).outcome).toMatchObject({ summary: 'A plan.' });
    expect(await stage.work()).toMatchObject({ commits: 0 });
  });

  test('a conversation it has never heard of is started anew', async () => {
    const stage = await setStage(contract, contract.report(DONE));
    expect(await stage.run({ resume: true })).toMatchObject({ outcome: DONE, attempts: 2 });
  });

  test('a usage limit is waited out until the time it tells', async () => {
    const resetsAt = Math.floor(Date.now() / 60_000) * 60 + 86_400;
    const stage = await setStage(contract, () => ({ fault: 'limit', resetsAt }));
    expect((await stage.run()).outcome).toEqual({
      kind: 'usage-limited',
      until: new Date(resetsAt * 1_000).toISOString(),
    });
    const untold = await setStage(contract, () => ({ fault: 'limit' }));
    expect((await untold.run()).outcome).toEqual({ kind: 'usage-limited' });
  });

  test('a model that can’t be reached is waited for, which it tells', async () => {
    const stage = await setStage(contract, say('never'));
    const told: string[] = [];
    const onProgress = ({ activity }: TurnProgress) => void told.push(activity);
    const nowhere = 'model_providers.loopback.base_url="http://127.0.0.1:9/v1"';
    stage.turn.settings.command?.push('-c', nowhere);
    const waits = () => told.some((activity) => activity.includes('waiting for network'));
    await cancelOnce(stage, waits, { onProgress });
  });

  test('a command that its sandbox refuses fails for the model, and is no denial', async () => {
    const stage = await setStage(
      contract,
      inOrder(run('touch ~/outside.txt'), ({ results }) =>
        contract.report({ ...DONE, summary: `${results}`.slice(-500) })(NOBODY),
      ),
    );
    expect(await stage.run()).toMatchObject({
      outcome: { kind: 'done', summary: expect.stringMatching(/read-only|denied|not permitted/i) },
      denials: [],
    });
  });

  test('a trusted repository’s own configuration starts no program', async () => {
    const stage = await setStage(contract, contract.report(DONE));
    const started = join(stage.worktree, 'started');
    mkdirSync(join(stage.worktree, '.codex'));
    writeFileSync(
      join(stage.worktree, '.codex', 'config.toml'),
      `[mcp_servers.evil]\ncommand = "touch"\nargs = ["${started}"]\n`,
    );
    const home = join(stage.ports.env.HOME ?? '', '.codex', 'config.toml');
    const trust = [stage.worktree, stage.checkout].map(
      (path) => `\n[projects."${path}"]\ntrust_level = "trusted"\n`,
    );
    writeFileSync(home, readFileSync(home, 'utf8') + trust.join(''));
    expect((await stage.run()).outcome).toEqual(DONE);
    expect(existsSync(started)).toBe(false);
  });
});
