import type { ReportedOutcome } from '../../../src/domain/session/turn.ts';
import type { Asked, Reply } from './scenario.ts';

/** The tool by which Claude Code takes a structured output. */
const OUTPUT_TOOL = 'StructuredOutput';

const NOTHING = {
  ...{ summary: null, tests: null, replies: null },
  ...{ decision: null, options: null, context: null },
};

/** Ends a turn as an agent wants it that holds its model to the outcome's schema: by a tool for that, or as the last text. */
export const report =
  (outcome: ReportedOutcome) =>
  ({ tools }: Asked): Reply => {
    const output = { ...NOTHING, ...outcome };
    return OUTPUT_TOOL in tools
      ? { call: { name: OUTPUT_TOOL, input: output } }
      : { text: JSON.stringify(output) };
  };
