import type { Rules } from '../check.ts';
import type { Message } from '../evidence.ts';

type Event = Message['events'][number];

/** Events by which a session asks something of the person. */
const ASKS = ['stuck', 'approval', 'checks', 'budget'];

/** What was told, each event once: a message may come again under its own id, and is the same message then. */
function told(messages: readonly Message[]): Event[] {
  const byId = new Map(messages.map((message) => [message.id, message]));
  return [...byId.values()].flatMap(({ events }) => events);
}

const repeated = <Item>(items: readonly Item[], key: (item: Item) => string): [string, number][] =>
  [...Map.groupBy(items, key)].flatMap(([name, { length }]) =>
    length > 1 ? [[name, length] as [string, number]] : [],
  );

const decisionOf = ({ question, text }: Event): string => question?.decision ?? text;

export const personRules: Rules = {
  'each event is told once': ({ messages }) =>
    repeated(told(messages), ({ key }) => key).map(
      ([key, times]) => `${key} was told ${times} times`,
    ),

  'each question is told once': ({ messages }) => {
    const asked = told(messages).filter(({ kind }) => ASKS.includes(kind));
    return repeated(asked, (event) => `#${event.issue}: ${decisionOf(event)}`).map(
      ([question, times]) => `${question} was asked ${times} times`,
    );
  },

  'each merge is told once': ({ world, messages }) => {
    const merges = told(messages).filter(({ kind }) => kind === 'merged');
    return world.issues.flatMap((issue) => {
      const times = merges.filter((one) => one.issue === issue).length;
      return times === 1 ? [] : [`the merge of #${issue} was told ${times} times`];
    });
  },

  'no needless question': ({ world, messages }) =>
    told(messages)
      .filter(({ kind }) => ASKS.includes(kind))
      .filter(
        (event) =>
          !world.questions.some(
            ({ issue, begins }) => issue === event.issue && decisionOf(event).startsWith(begins),
          ),
      )
      .map((event) => `#${event.issue} asks: ${decisionOf(event)}`),

  'no question is missing': ({ world, messages }) => {
    const events = told(messages);
    return world.questions
      .filter(
        ({ issue, begins }) =>
          !events.some((event) => event.issue === issue && decisionOf(event).startsWith(begins)),
      )
      .map(({ issue, begins }) => `nobody was told that #${issue} asks: ${begins}`);
  },
};
