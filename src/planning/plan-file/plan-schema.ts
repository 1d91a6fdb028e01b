import { z } from 'zod';
import { After, PlanFile, WrittenAfter } from './plan-file.ts';

/** The URL of the published JSON Schema of plan.yaml, for editors. */
export const PLAN_SCHEMA_URL = 'https://unpkg.com/coppice/schema/plan.schema.json';

/** The JSON Schema of what a person writes in a plan. */
export const planJsonSchema = () => ({
  $id: PLAN_SCHEMA_URL,
  title: 'plan.yaml',
  ...z.toJSONSchema(PlanFile, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema !== After) return;
      for (const key of Object.keys(jsonSchema)) Reflect.deleteProperty(jsonSchema, key);
      Object.assign(jsonSchema, written);
    },
  }),
});

const { $schema: _, ...written } = z.toJSONSchema(WrittenAfter, { io: 'input' });
