import { execa } from 'execa';

/** Runs test files again and again, and stops at the first failure: node scripts/repeat.ts TIMES FILE... */
const [times = '', ...files] = process.argv.slice(2);
if (!/^[1-9]\d*$/.test(times) || files.length === 0) {
  console.error('usage: node scripts/repeat.ts TIMES FILE...');
  process.exit(2);
}
for (let round = 1; round <= Number(times); round++) {
  const began = Date.now();
  const { exitCode } = await execa('vitest', ['run', ...files], {
    preferLocal: true,
    reject: false,
    stdio: 'inherit',
  });
  const seconds = Math.round((Date.now() - began) / 1_000);
  console.log(
    `round ${round} of ${times}: ${exitCode === 0 ? 'passed' : 'FAILED'} in ${seconds} s`,
  );
  if (exitCode !== 0) process.exit(1);
}
