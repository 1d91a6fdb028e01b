#!/usr/bin/env node
// Plain JavaScript that any Node understands: an older one can't even read the rest.
import { existsSync } from 'node:fs';

const NEEDED = [22, 18];
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1])) {
  console.error(
    `coppice: needs Node ${NEEDED.join('.')} or newer, and this is ${process.version}: see https://nodejs.org`,
  );
  process.exitCode = 1;
} else {
  // A checkout runs its sources; the published package has none.
  const source = new URL('../src/cli/main.ts', import.meta.url);
  const built = new URL('../dist/cli/main.js', import.meta.url);
  import(existsSync(source) ? source : built);
}
