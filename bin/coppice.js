#!/usr/bin/env node
// Plain JavaScript that any Node understands: an older one can't even read the rest.
import { existsSync } from 'node:fs';

const NEEDED = [22, 18];
const [major, minor] = process.versions.node.split('.').map(Number);

// A checkout runs its sources; the published package has none.
const source = new URL('../src/cli/main.ts', import.meta.url);
const built = new URL('../dist/cli/main.js', import.meta.url);
const isCheckout = existsSync(source);
const SET_UP =
  'this checkout brings its own Node once it is set up: npm run coppice -- ARGUMENTS does both';

if (major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1])) {
  console.error(
    `coppice: needs Node ${NEEDED.join('.')} or newer, and this is ${process.version}: ${isCheckout ? SET_UP : 'see https://nodejs.org'}`,
  );
  process.exitCode = 1;
} else if (
  isCheckout &&
  !existsSync(new URL('../node_modules/.package-lock.json', import.meta.url))
) {
  console.error('coppice: this checkout has no packages yet: run npm run setup in it once');
  process.exitCode = 1;
} else {
  import(isCheckout ? source : built);
}
