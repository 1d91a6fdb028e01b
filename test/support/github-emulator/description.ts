import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** GitHub's OpenAPI description of its REST API, and what of it becomes JSON Schema. */

export type Schema = { readonly [keyword: string]: unknown };

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: Schema;
}

interface Content {
  readonly content?: { readonly 'application/json'?: { readonly schema: Schema } };
}

export interface OperationDescription {
  readonly parameters?: readonly unknown[];
  readonly requestBody?: Content & { readonly required?: boolean };
  readonly responses: Readonly<Record<string, unknown>>;
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationDescription>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const require = createRequire(import.meta.url);

let description: Description | undefined;

/** 13 MB: read when first needed, and only once. */
function load(): Description {
  // The package's own entry would read all of its 15 descriptions.
  const file = require.resolve('@octokit/openapi/generated/api.github.com.json');
  description ??= JSON.parse(readFileSync(file, 'utf8'));
  return description as Description;
}

/** @throws when GitHub has no such operation */
export function describe(method: string, path: string): OperationDescription {
  const found = load().paths[path]?.[method.toLowerCase()];
  if (!found) throw new Error(`GitHub describes no ${method} ${path}`);
  return found;
}

/** Follows a reference to a shared parameter or response; gives anything else back. */
export function resolve<Target>(item: unknown): Target {
  const reference = (item as { $ref?: string }).$ref;
  if (reference === undefined) return item as Target;
  const [, kind = '', name = ''] = /^#\/components\/([^/]+)\/([^/]+)$/.exec(reference) ?? [];
  const target = load().components[kind]?.[name];
  if (target === undefined) throw new Error(`GitHub's description lacks ${reference}`);
  return target as Target;
}

export const jsonSchema = ({ content }: Content): Schema | undefined =>
  content?.['application/json']?.schema;

const ANNOTATIONS = new Set(
  'title description example examples default deprecated discriminator externalDocs readOnly writeOnly'.split(
    ' ',
  ),
);
const ASSERTIONS = new Set(
  'type enum format pattern required minimum maximum minLength maxLength minItems maxItems uniqueItems'.split(
    ' ',
  ),
);

/**
 * OpenAPI 3.0's dialect as JSON Schema, with all it refers to inside: annotations go, `nullable` becomes a choice.
 * @throws on a keyword it doesn't know, rather than let pass what it might have forbidden
 */
export function toJsonSchema(schema: Schema): Schema {
  const $defs: Record<string, unknown> = {};

  function define(reference: string): string {
    const name = reference.replace('#/components/schemas/', '');
    if (!(name in $defs)) {
      $defs[name] = true; // taken, for a schema that refers to itself
      $defs[name] = translate(resolve<Schema>({ $ref: reference }));
    }
    return `#/$defs/${name}`;
  }

  const each = (schemas: unknown): unknown[] => (schemas as Schema[]).map(translate);

  function keyword(name: string, value: unknown): unknown {
    if (ASSERTIONS.has(name)) return value;
    switch (name) {
      case '$ref':
        return define(value as string);
      case 'allOf':
      case 'anyOf':
      case 'oneOf':
        return each(value);
      case 'items':
      case 'not':
        return translate(value as Schema);
      case 'additionalProperties':
        return typeof value === 'boolean' ? value : translate(value as Schema);
      case 'properties':
        return Object.fromEntries(
          Object.entries(value as Record<string, Schema>).map(([key, of]) => [key, translate(of)]),
        );
      default:
        throw new Error(`GitHub's description uses "${name}", which is not checked here`);
    }
  }

  function translate({ nullable, ...rest }: Schema): Schema {
    const translated = Object.fromEntries(
      Object.entries(rest)
        .filter(([name]) => !ANNOTATIONS.has(name) && !name.startsWith('x-'))
        .map(([name, value]) => [name, keyword(name, value)]),
    );
    return nullable === true ? { anyOf: [translated, { type: 'null' }] } : translated;
  }

  return { ...translate(schema), $defs };
}
