import { github } from './github.ts';
import { planning } from './planning/main.ts';
import { run } from './run.ts';
import { turns } from './turns.ts';
import { worktrees } from './worktrees.ts';

/** `npm run bench -- <name> [arguments]` */
const BENCHES: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  github,
  planning,
  run,
  turns,
  worktrees,
};

const [name = '', ...args] = process.argv.slice(2);
const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
if (bench) await bench(args);
else {
  console.error(`Usage: npm run bench -- ${Object.keys(BENCHES).join(' | ')} [arguments]`);
  process.exitCode = 2;
}
