import { oneLine } from '../../domain/shared/text.ts';
import type { Context } from '../context.ts';
import { runChecks } from '../doctor/run-checks.ts';
import { EXIT } from '../errors.ts';

/** Tells what is missing, and what installs or mends it. @returns the exit code: 0 when Coppice can work */
export async function doctor(context: Context, { json }: { json?: true }): Promise<number> {
  const checks = await runChecks(context);
  const { terminal } = context;
  if (json) terminal.out(JSON.stringify(checks, null, 2));
  else
    for (const { name, ok, warning, found, advice } of checks) {
      const sign = ok
        ? warning
          ? terminal.color.yellow('!')
          : terminal.color.green('✓')
        : terminal.color.red('✗');
      const [first = '', ...more] = found.split('\n');
      terminal.out(`${sign} ${name}: ${oneLine(first, 300)}`);
      for (const line of more) terminal.out(`    ${oneLine(line, 300)}`);
      if (advice !== '') terminal.out(`    ${advice}`);
    }
  return checks.every(({ ok }) => ok) ? EXIT.ok : EXIT.failure;
}
