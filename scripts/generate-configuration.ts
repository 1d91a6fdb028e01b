import { writeFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { z } from 'zod';
import { OUTCOME_SCHEMA } from '../src/agents/adapters/structured.ts';
import { type ConfigKey, configKeys } from '../src/config/keys.ts';
import { CONFIG_FILE, configJsonSchema, SCHEMA_URL } from '../src/config/schema.ts';
import { WebhookBody } from '../src/domain/notification.ts';
import { planJsonSchema } from '../src/planning/plan-file/plan-schema.ts';

/** What is made from the schemas of coppice.yaml and plan.yaml, by path from the package's root: run this file to write it. */
export const generated = (): Record<string, string> => ({
  'schema/coppice.schema.json': `${JSON.stringify(configJsonSchema(), null, 2)}\n`,
  'schema/plan.schema.json': `${JSON.stringify(planJsonSchema(), null, 2)}\n`,
  'schema/outcome.schema.json': `${JSON.stringify(OUTCOME_SCHEMA, null, 2)}\n`,
  'schema/notification.schema.json': `${JSON.stringify(z.toJSONSchema(WebhookBody), null, 2)}\n`,
  'docs/configuration.md': renderDocs(configKeys()),
});

const renderDocs = (keys: readonly ConfigKey[]): string =>
  [
    '# Configuration',
    '',
    '<!-- Made by scripts/generate-configuration.ts from src/config/schema.ts: change that, not this. -->',
    '',
    `\`${CONFIG_FILE}\` is at the top of your checkout. The file and all its keys are optional. \`coppice init --full\` writes a file with every key explained`,
    'and commented out, and `coppice config` prints the settings in force. A session keeps the settings that were in force when it was registered. There are two',
    'exceptions: `sandbox` and `access` apply from the next turn on, and `files` and `hooks.teardown` are read when they are needed. All problems are reported together, each with its line and column.',
    '',
    `Editors that support YAML schemas complete and check the file because of its first line: \`# yaml-language-server: $schema=${SCHEMA_URL}\`.`,
    '',
    table(keys.filter((key) => key.children.length === 0)),
    ...keys.filter((key) => key.children.length > 0).map(section),
  ].join('\n');

const section = (key: ConfigKey): string =>
  [`## ${key.path.join('.')}`, '', `${key.description}.`, '', table(leaves(key))].join('\n');

const leaves = (key: ConfigKey): ConfigKey[] =>
  key.children.length === 0 ? [key] : key.children.flatMap(leaves);

const table = (keys: readonly ConfigKey[]): string =>
  [
    '| key | meaning | value | default |',
    '| --- | --- | --- | --- |',
    ...keys.map(
      (key) =>
        `| \`${key.path.join('.')}\` | ${key.description} | ${key.type}${exampleOf(key)} | ${defaultOf(key)} |`,
    ),
    '',
  ].join('\n');

/** A longer one is no cell of a table. */
const LONGEST_DEFAULT = 400;

function defaultOf(key: ConfigKey): string {
  if (key.default === undefined) return '';
  const text = inline(key.default);
  return text.length > LONGEST_DEFAULT ? 'see the JSON Schema' : `\`${text}\``;
}

const exampleOf = (key: ConfigKey): string =>
  key.example === undefined || key.example === key.default
    ? ''
    : `, such as \`${inline(key.example)}\``;

const inline = (value: unknown): string =>
  stringify(value, { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: false })
    .trim()
    .replaceAll('|', '\\|');

if (import.meta.main)
  for (const [path, text] of Object.entries(generated()))
    writeFileSync(new URL(`../${path}`, import.meta.url), text);
