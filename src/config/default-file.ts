import { stringify } from 'yaml';
import type { RepositoryName } from '../domain/shared/repository.ts';
import { allKeys, type ConfigKey, configKeys } from './keys.ts';
import { SCHEMA_URL } from './schema.ts';

/** What `coppice init` found out about the checkout. */
export interface Found {
  readonly repository?: RepositoryName;
  readonly base?: string;
  readonly remote?: string;
}

/** What most people set, each on one line, so that removing its `#` is all there is to do. */
const USUAL: readonly { readonly path: readonly [string, ...string[]]; readonly value: unknown }[] =
  [
    { path: ['hooks', 'setup'], value: { setup: ['npm ci'] } },
    { path: ['files', 'copy'], value: { copy: ['.env'] } },
    { path: ['checks'], value: ['npm test'] },
    { path: ['workers'], value: 3 },
  ];

/** The coppice.yaml of `coppice init`: what was found, and the few keys that most people set, commented out. */
export function renderShortConfig(found: Found): string {
  const keys = allKeys();
  const usual = USUAL.map(({ path, value }) => {
    const key = keys.find((one) => one.path.join('.') === path.join('.'));
    return `# ${key?.description}.\n#${path[0]}: ${flow(value)}`;
  });
  const inForce = Object.entries(found).map(([name, value]) => `${name}: ${flow(value)}`);
  return [
    `# yaml-language-server: $schema=${SCHEMA_URL}`,
    '# Configuration of Coppice. Every key is optional; coppice init --full --force writes them all, each explained.',
    '',
    ...(inForce.length > 0 ? [...inForce, ''] : []),
    usual.join('\n\n'),
    '',
  ].join('\n');
}

/**
 * The coppice.yaml of `coppice init --full`: every key with its meaning and its default (or an example), commented out.
 * Prose begins with `# `; removing the `#` of any other line puts its key in force. What was found is in force already.
 */
export function renderDefaultConfig(found: Found): string {
  const values: Record<string, unknown> = { ...found };
  const keys = configKeys().map((key) => renderKey(key, 0, values).join('\n'));
  return [
    `# yaml-language-server: $schema=${SCHEMA_URL}`,
    '# Configuration of Coppice. Every key is optional; a line like #key: value shows a default or an example.',
    '',
    keys.join('\n\n'),
    '',
  ].join('\n');
}

function renderKey(key: ConfigKey, depth: number, found: Record<string, unknown>): string[] {
  const name = key.path.at(-1) ?? '';
  const indent = '  '.repeat(depth);
  const meaning = `# ${key.description}${/ (one of|integer)/.test(` ${key.type}`) ? ` (${key.type})` : ''}.`;
  const prose = depth === 0 ? meaning : `#${indent}${meaning}`;
  if (key.children.length > 0)
    return [
      prose,
      `#${indent}${name}:`,
      ...key.children.flatMap((child) => renderKey(child, depth + 1, found)),
    ];
  const value = found[name] !== undefined && depth === 0 ? found[name] : key.example;
  const line = `${indent}${name}: ${flow(value)}`;
  return [prose, value === found[name] && depth === 0 ? line : `#${line}`];
}

const flow = (value: unknown): string =>
  stringify(value, { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: false }).trim();
