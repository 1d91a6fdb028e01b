import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test, vi } from 'vitest';
import { sessionWorkflowId } from '../../src/domain/shared/identity.ts';
import { identify } from '../../src/process/identity.ts';
import { findTemporalCli } from '../../src/temporal/cli.ts';
import { coppice } from '../support/cli.ts';
import { coppiceUp } from '../support/coppice-up.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** Long enough for a heartbeat to be missed and a turn to begin on a busy machine, in milliseconds. */
const PATIENCE = 90_000;

/** Works until it is allowed to end, and says so when it finds another of its kind alive. */
const AGENT = `
at=$AGENT_DIR
other=$(cat "$at/lock" 2>/dev/null)
[ -n "$other" ] && grep -q . "/proc/$other/cmdline" 2>/dev/null && echo "clash $$" >>"$at/log"
echo $$ >"$at/lock"
echo "$COPPICE_TURN_KIND $$" >>"$at/log"
mkdir -p .coppice
if [ "$COPPICE_TURN_KIND" = plan ]; then echo Plan >.coppice/plan.md; else
  trap '' TERM
  while [ ! -e "$at/go" ]; do sleep 0.1; done
  echo work >work.txt; git add work.txt
  git -c user.name=A -c user.email=a@b -c commit.gpgSign=false commit -qm work
fi
echo '{"kind":"done","summary":"did it"}' >.coppice/outcome.json
`;

test(
  'an agent whose workflow was reset, or terminated and run again, never works beside the next one',
  async () => {
    const directory = temporaryDirectory('left-behind');
    writeFileSync(join(directory, 'agent.sh'), AGENT);
    const { env, repository, checkout, emulator, profile, silently } = await coppiceUp(
      'left-behind',
      {
        agent: {
          config: {
            agent: {
              adapter: 'command',
              command: ['sh', join(directory, 'agent.sh')],
              env: ['AGENT_DIR'],
            },
            // It tells of itself in files beside its worktree.
            sandbox: 'off',
          },
          env: { AGENT_DIR: directory },
        },
      },
    );
    const program = await findTemporalCli(silently);
    const temporal = (...args: string[]) =>
      execa(program, [...args, '--workflow-id', sessionWorkflowId(repository, 125)], {
        env: { TEMPORAL_CONFIG_FILE: profile },
      });
    const log = () =>
      existsSync(join(directory, 'log'))
        ? readFileSync(join(directory, 'log'), 'utf8').trim().split('\n')
        : [];
    /** The pid of the n-th agent that works. */
    const worker = (n: number) =>
      vi.waitUntil(
        () =>
          log()
            .filter((line) => line.startsWith('implement'))
            [n - 1]?.split(' ')[1],
        { timeout: PATIENCE, interval: 200 },
      );
    const run = async (name: string) => {
      const ran = await coppice(['run', '125', '--name', name, '--yes'], { cwd: checkout, env });
      expect(ran.exitCode, ran.stderr).toBe(0);
    };

    await run('first');
    const first = await worker(1);
    await temporal('workflow', 'reset', '--type', 'FirstWorkflowTask', '--reason', 'test');
    const second = await worker(2);
    expect(identify(Number(first))).toBeUndefined();
    await temporal('workflow', 'terminate', '--reason', 'test');
    await run('second');
    await worker(3);
    expect(identify(Number(second))).toBeUndefined();
    writeFileSync(join(directory, 'go'), '');
    await vi.waitFor(() => expect(emulator.pullRequests(repository)).toHaveLength(1), {
      timeout: PATIENCE,
      interval: 200,
    });
    expect(log().filter((line) => line.startsWith('clash'))).toEqual([]);
  },
  PATIENCE * 3,
);
