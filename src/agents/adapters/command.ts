import { plainLines } from '../../domain/shared/text.ts';
import type { AgentAdapter } from './adapter.ts';

/**
 * Any program that the person names. It gets the prompt on its standard input, and the turn in
 * COPPICE_TURN_KIND, COPPICE_CONVERSATION and COPPICE_RESUME (1 when it may have seen the conversation
 * before). It writes the outcome to `.coppice/outcome.json`.
 */
export const command: AgentAdapter = {
  name: 'command',
  program: '',
  variables: [],
  reports: 'file',
  abilities: {
    resume: 'up to the program',
    outcome: 'file',
    cost: 'unknown',
    sandbox: 'only Coppice’s',
  },
  install: 'install it, or correct agent.command in coppice.yaml',

  command({ kind, conversation, resume, settings }) {
    const [program = '', ...args] = settings.command ?? [];
    const env = {
      COPPICE_TURN_KIND: kind,
      COPPICE_CONVERSATION: conversation,
      COPPICE_RESUME: resume ? '1' : '0',
    };
    return { program, args, env };
  },

  parse(line) {
    const text = plainLines(line).trimEnd();
    return text === '' ? [] : [{ type: 'text', text }];
  },

  began: () => true,

  conclude({ code, report, tail }) {
    if (code === 0) return { outcome: report };
    return { outcome: { kind: 'failed', reason: `the agent exited with code ${code}`, tail } };
  },
};
