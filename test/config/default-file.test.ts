import { expect, test } from 'vitest';
import { renderDefaultConfig, renderShortConfig } from '../../src/config/default-file.ts';
import { allKeys } from '../../src/config/keys.ts';
import { parseConfig } from '../../src/config/parse.ts';
import { Config } from '../../src/config/schema.ts';
import { RepositoryName } from '../../src/domain/shared/repository.ts';

const repository = RepositoryName.parse('acme/app');

/** As the file says itself: prose begins with `# `, everything else behind a `#` is a key. */
const uncomment = (text: string): string => text.replace(/^#(?=\S| {2})/gm, '');

test('the file that init writes changes nothing by itself', () => {
  expect(parseConfig(renderDefaultConfig({}), 'coppice.yaml')).toEqual(Config.parse({}));
});

test('the values that init found are in force', () => {
  const text = renderDefaultConfig({ repository, base: 'develop', remote: 'upstream' });
  expect(parseConfig(text, 'coppice.yaml')).toEqual(
    Config.parse({ repository, base: 'develop', remote: 'upstream' }),
  );
});

test('with every # removed, the file is valid and has every key', () => {
  const text = uncomment(renderDefaultConfig({}));
  const config = parseConfig(text, 'coppice.yaml');
  for (const { path } of allKeys()) expect(config).toHaveProperty([...path]);
  expect({ ...config, repository: undefined, base: undefined }).toMatchObject({
    workers: 3,
    agent: { adapter: 'claude', command: ['my-agent', '--quiet'], model: 'sonnet' },
    hooks: { setup: ['npm ci'], timeout: 600 },
    policy: Config.parse({}).policy,
  });
});

test('every key is explained above it', () => {
  const lines = renderDefaultConfig({}).split('\n');
  const keys = lines.filter((line) => /^#(?: {2})*[a-zA-Z]+:/.test(line));
  expect(keys).toHaveLength(allKeys().length);
  for (const key of keys) expect(lines[lines.indexOf(key) - 1]).toMatch(/^#\s*(# )?\S.*\.$/);
});

test('the short file has few lines and the found values, and each line takes effect without its #', () => {
  const found = { repository, base: 'develop' };
  const text = renderShortConfig(found);
  expect(text.split('\n').length).toBeLessThan(25);
  expect(parseConfig(text, 'coppice.yaml')).toEqual(Config.parse(found));
  expect(parseConfig(renderShortConfig({}), 'coppice.yaml')).toEqual(Config.parse({}));
  for (const line of text.match(/^#\S.*$/gm) ?? []) {
    const changed = parseConfig(text.replace(line, line.slice(1)), 'coppice.yaml');
    expect(changed).toMatchObject(found);
  }
  expect(parseConfig(uncomment(text), 'coppice.yaml')).toMatchObject({
    ...{
      hooks: { setup: ['npm ci'] },
      files: { copy: ['.env'] },
      checks: ['npm test'],
      workers: 3,
    },
  });
});
