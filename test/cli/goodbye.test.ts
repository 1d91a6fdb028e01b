import { expect, test } from 'vitest';
import { runInProcess } from '../support/cli.ts';
import { eventually } from '../support/eventually.ts';
import { board, session } from './records.ts';
import { world } from './world.ts';

test.each([
  [
    'run 11 --name night --watch',
    /^coppice: run night continues: .* --run night shows it again, /m,
  ],
  ['status --watch', /^coppice: the sessions continue: coppice status --watch shows them again, /m],
])(
  'Ctrl-C in `coppice %s` says that all goes on, and what shows, holds and stops it',
  async (line, said) => {
    const { services, asked } = world({ board: board([session(1)]), result: 'pending' });
    const listeners = process.listenerCount('SIGINT');
    const running = runInProcess(line.split(' '), { services });
    await eventually(async () => expect(process.listenerCount('SIGINT')).toBe(listeners + 1));
    process.emit('SIGINT');
    const { exitCode, stderr } = await running;
    expect(exitCode).toBe(130);
    expect(stderr).toMatch(said);
    expect(stderr).toMatch(/coppice (pause|down)/);
    expect(asked.cancelled).toEqual([]);
    expect(process.listenerCount('SIGINT')).toBe(listeners);
  },
);
