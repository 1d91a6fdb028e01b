import { Ajv, type ValidateFunction } from 'ajv';
import ajvFormats from 'ajv-formats';
import {
  describe,
  jsonSchema,
  type OperationDescription,
  type Parameter,
  resolve,
  type Schema,
  toJsonSchema,
} from './description.ts';

/** Says what is wrong with a value; undefined when nothing is. */
type Check = (value: unknown) => string | undefined;

/** Checks requests and answers of one operation against GitHub's description of it. */
export interface OperationCheck {
  /** Path and query parameters as text; turned into the described types in place. */
  parameters(values: Record<string, unknown>): string | undefined;
  body(value: unknown): string | undefined;
  answer(status: number, value: unknown): string | undefined;
}

/** Refusals any operation may give, whether or not its description says so. */
const COMMON_REFUSALS = [401, 403, 404, 429, 500, 502, 503];

const options = { strict: true, strictTypes: false, strictRequired: false } as const;
const ajv = ajvFormats.default(new Ajv(options)).addFormat('repo.nwo', /^[^/\s]+\/[^/\s]+$/);
const coercing = ajvFormats.default(new Ajv({ ...options, coerceTypes: true }));

/** @throws when GitHub has no such operation, or a schema of it can't be compiled */
export function operationCheck(method: string, path: string): OperationCheck {
  const operation = describe(method, path);
  const answers = new Map<number, Check>();
  return {
    parameters: check(coercing.compile(parametersSchema(operation))),
    body: bodyCheck(operation),
    answer(status, value) {
      let compiled = answers.get(status);
      if (!compiled) {
        compiled = answerCheck(operation, status);
        answers.set(status, compiled);
      }
      return compiled(value);
    },
  };
}

const check =
  (validate: ValidateFunction): Check =>
  (value) =>
    validate(value) ? undefined : ajv.errorsText(validate.errors, { dataVar: '' });

function parametersSchema({ parameters = [] }: OperationDescription): Schema {
  const known = parameters
    .map((parameter) => resolve<Parameter>(parameter))
    .filter((parameter) => parameter.in !== 'header');
  return toJsonSchema({
    type: 'object',
    properties: Object.fromEntries(known.map(({ name, schema }) => [name, schema])),
    required: known.filter(({ required }) => required).map(({ name }) => name),
    additionalProperties: false,
  });
}

function bodyCheck({ requestBody }: OperationDescription): Check {
  const schema = requestBody && jsonSchema(requestBody);
  if (!schema) return (value) => (value === undefined ? undefined : 'has a body, but none is read');
  // GitHub overlooks fields it doesn't know; a caller that sends one has mistaken its name.
  const known = schema.properties ? { additionalProperties: false, ...schema } : schema;
  const validate = check(ajv.compile(toJsonSchema(known)));
  return (value) => {
    if (value !== undefined) return validate(value);
    return requestBody.required ? 'lacks its body' : undefined;
  };
}

function answerCheck({ responses }: OperationDescription, status: number): Check {
  const response = responses[String(status)];
  if (response) {
    const schema = jsonSchema(resolve(response));
    if (schema) return check(ajv.compile(toJsonSchema(schema)));
    if (status >= 400) return refusal();
    return (value) => (value === undefined ? undefined : 'has a body, but none is described');
  }
  if (!COMMON_REFUSALS.includes(status)) return () => `status ${status} is not described`;
  return refusal();
}

/** GitHub gives its reasons, whether or not its description says so. */
const refusal = (): Check =>
  check(ajv.compile(toJsonSchema({ $ref: '#/components/schemas/basic-error' })));
