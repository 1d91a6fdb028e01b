import { z } from 'zod';
import { ReportedOutcome } from '../../domain/session/turn.ts';

const [Done, Stuck] = ReportedOutcome.options;

const text = (like: { readonly description?: string | undefined }) =>
  z
    .string()
    .nullable()
    .describe(like.description ?? '');

/**
 * A turn's outcome as structured output: one flat object in which every key is required and may be null. The
 * structured outputs of Claude Code and of Codex do not allow alternatives at the top level.
 */
const StructuredOutcome = z.strictObject({
  kind: z
    .enum([Done.shape.kind.value, Stuck.shape.kind.value])
    .describe('done, or stuck when a person must decide'),
  summary: text(Done.shape.summary),
  tests: text(Done.shape.tests),
  replies: z
    .array(z.strictObject({ to: z.string(), text: z.string() }))
    .nullable()
    .describe(Done.shape.replies.description ?? ''),
  decision: text(Stuck.shape.decision),
  options: z
    .array(
      z.strictObject({
        label: z.string().describe('What a person would choose, in a few words'),
        consequence: z.string().describe('What follows from it'),
        recommended: z.boolean().describe('True for the one you recommend'),
      }),
    )
    .nullable()
    .describe(Stuck.shape.options.description ?? ''),
  context: text(Stuck.shape.context),
});

// Claude Code refuses a schema with a `$schema` key.
const { $schema: _, ...schema } = z.toJSONSchema(StructuredOutcome);

/** The JSON schema given to agents that end their turns with a structured output. */
export const OUTCOME_SCHEMA = schema;

/** Parses a structured output. It returns the outcome, or the problem. */
export function readStructured(
  output: unknown,
): { readonly report: ReportedOutcome } | { readonly problem: string } {
  const present =
    typeof output === 'object' && output !== null
      ? Object.fromEntries(Object.entries(output).filter(([, value]) => value !== null))
      : output;
  const read = ReportedOutcome.safeParse(present);
  return read.success
    ? { report: read.data }
    : { problem: z.prettifyError(read.error).replace(/\s+/g, ' ') };
}
