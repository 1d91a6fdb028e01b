import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { z } from 'zod';
import manifest from '../../package.json' with { type: 'json' };

const read = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');

/** Licences that ask for no more than their notice, by their SPDX names. */
const LICENCES = [
  ...[
    'MIT',
    'MIT-0',
    'ISC',
    'Apache-2.0',
    'BSD-2-Clause',
    'BSD-3-Clause',
    '0BSD',
    'Unlicense',
    'BlueOak-1.0.0',
  ],
  // Of the data about browsers that Temporal's bundler brings.
  'CC-BY-4.0',
];

/** Packages that name their licence in a file only, and which one it is. */
const IN_A_FILE: Readonly<Record<string, string>> = { 'node_modules/unionfs': 'Unlicense' };

/** Whether one of the licences that a package offers is among them, with all that belongs to it. */
const isAllowed = (license: string): boolean =>
  license
    .replace(/[()]/g, '')
    .split(' OR ')
    .some((one) => one.split(' AND ').every((part) => LICENCES.includes(part)));

const Lockfile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      dev: z.boolean().default(false),
      devOptional: z.boolean().default(false),
      license: z.string().default('none'),
      resolved: z.string().optional(),
      integrity: z.string().optional(),
    }),
  ),
});

const { '': _, ...packages } = Lockfile.parse(JSON.parse(read('package-lock.json'))).packages;
const installed = Object.entries(packages).filter(
  ([, { dev, devOptional }]) => !dev && !devOptional,
);

test('each package that is installed with Coppice has a licence that asks for no more than its notice', () => {
  const others = installed.filter(([path, { license }]) => !isAllowed(IN_A_FILE[path] ?? license));
  expect(installed.length).toBeGreaterThan(100);
  expect(others.map(([path, { license }]) => `${path}: ${license}`)).toEqual([]);
});

test('each package is held to its content, whatever a registry says later', () => {
  const open = Object.entries(packages).filter(([, { integrity }]) => !integrity);
  expect(open.map(([path]) => path)).toEqual([]);
});

test('each dependency has its reason', () => {
  const decision = read('docs/decisions/0002-libraries.md');
  const names = Object.keys(manifest.dependencies);
  const isNamed = (name: string) =>
    new RegExp(`(?<![\\w@/-])${name.replaceAll('.', '\\.')}(?![\\w/-])`).test(decision);
  expect(names.filter((name) => !isNamed(name))).toEqual([]);
});
