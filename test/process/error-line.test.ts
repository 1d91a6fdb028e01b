import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { errorLine } from '../../src/process/error-line.ts';

/** What Node.js writes when this program fails. */
function outputOf(program: string): string {
  try {
    execFileSync(process.execPath, ['-e', program], { stdio: 'pipe' });
  } catch (error) {
    return String((error as { stderr: Buffer }).stderr);
  }
  throw new Error('it did not fail');
}

test.each([
  ["throw new Error('the disk is gone')", 'Error: the disk is gone'],
  [
    "class DamagedFile extends Error { name = 'DamagedFile' }; throw new DamagedFile('x.json is damaged')",
    'DamagedFile: x.json is damaged',
  ],
  [
    "console.log('connecting'); require('node:fs').readFileSync('/nowhere/at-all')",
    "Error: ENOENT: no such file or directory, open '/nowhere/at-all'",
  ],
  ["console.error('starting'); console.error('it says why'); process.exit(1)", 'it says why'],
])('of the Node.js program %s', (program, line) => {
  expect(errorLine(outputOf(program))).toBe(line);
});

test.each([
  [
    'a build whose modules can’t be fetched',
    [
      'go: downloading github.com/temporalio/cli v1.8.2',
      'go: github.com/temporalio/cli@v1.8.2: Get "https://modules.example.com/x": dial tcp: lookup modules.example.com: no such host',
      'go: downloading go.temporal.io/server v1.31.2',
      '',
    ],
    'go: github.com/temporalio/cli@v1.8.2: Get "https://modules.example.com/x": dial tcp: lookup modules.example.com: no such host',
  ],
  [
    'a build on a full disk',
    [
      'go: downloading modernc.org/sqlite v1.40.0',
      'write /tmp/go-build1/b001/_pkg_.a: no space left on device',
      'go: downloading modernc.org/libc v1.66.0',
    ],
    'write /tmp/go-build1/b001/_pkg_.a: no space left on device',
  ],
  ['only progress', ['go: downloading modernc.org/sqlite v1.40.0'], ''],
  ['nothing', [], ''],
])('of %s', (_, output, line) => {
  expect(errorLine(output.join('\n'))).toBe(line);
});
