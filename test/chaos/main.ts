import { parseArgs } from 'node:util';
import { chaos } from './run.ts';

const HELP = `Faults on purpose, and a checker that shares no code with Coppice: npm run chaos -- [options]

  --issues <n>    how many issues the world has; 3 when absent
  --faults <m>    how many faults there are; 5 when absent, and 0 shows the world at peace
  --seed <s>      which faults, when and where; 1 when absent
  --only <kind>   faults whose kind begins so
  --minutes <k>   how long the world may take; 20 when absent
  --json <file>   where the whole report goes; chaos-<seed>.json when absent
  --keep          leave every file where it is
  --help`;

const { values } = parseArgs({
  options: {
    issues: { type: 'string', default: '3' },
    faults: { type: 'string', default: '5' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    minutes: { type: 'string', default: '20' },
    json: { type: 'string' },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(HELP);
} else {
  const [issues, faults, seed, minutes] = [
    values.issues,
    values.faults,
    values.seed,
    values.minutes,
  ].map(Number);
  const numbers = [issues, faults, seed, minutes];
  if (!numbers.every((one) => Number.isInteger(one) && Number(one) >= 0)) {
    console.error(`chaos: issues, faults, seed and minutes are whole numbers\n\n${HELP}`);
    process.exit(2);
  }
  const report = await chaos({
    ...{ issues: issues ?? 3, faults: faults ?? 5, seed: seed ?? 1, minutes: minutes ?? 20 },
    ...{ only: values.only ?? '', keep: values.keep, log: console.error },
    json: values.json ?? `chaos-${values.seed}.json`,
  });
  console.log(report.line);
  process.exitCode = report.isGood ? 0 : 1;
}
