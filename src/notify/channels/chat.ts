import { headline, linesOf, type Message, needed, post, type Send } from './channel.ts';

/** Slack's longest text of a section, in characters. */
const SECTION = 2_900;

/** An incoming webhook of Slack, with blocks. Nothing in a message mentions, links or formats. */
export const sendToSlack: Send = async (channel, message, reach) => {
  const section = (text: string) => ({
    type: 'section',
    text: { type: 'mrkdwn', text, verbatim: true },
  });
  const body = {
    text: escaped(headline(message)),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: headline(message).slice(0, 150) } },
      ...chunks(linesOf(message)).map(section),
    ],
  };
  await post(needed(channel, 'url', reach), JSON.stringify(body), {}, reach);
};

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Lines put together to as few sections as Slack takes. */
function chunks(lines: readonly string[]): string[] {
  const all: string[] = [];
  for (const line of lines.map(escaped)) {
    const last = all.at(-1);
    if (last !== undefined && last.length + line.length < SECTION)
      all[all.length - 1] = `${last}\n${line}`;
    else all.push(line.slice(0, SECTION));
  }
  return all.slice(0, 40);
}

/** An incoming webhook of Teams, with an adaptive card. Its text runs take no Markdown. */
export const sendToTeams: Send = async (channel, message, reach) => {
  await post(needed(channel, 'url', reach), JSON.stringify(card(message)), {}, reach);
};

const card = (message: Message) => ({
  type: 'message',
  attachments: [
    {
      contentType: 'application/vnd.microsoft.card.adaptive',
      content: {
        $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
        ...{ type: 'AdaptiveCard', version: '1.4' },
        body: [
          paragraph(headline(message), { weight: 'Bolder', size: 'Medium' }),
          ...linesOf(message).map((line) => paragraph(line)),
        ],
      },
    },
  ],
});

const paragraph = (text: string, look: object = {}) => ({
  type: 'RichTextBlock',
  inlines: [{ type: 'TextRun', text, ...look }],
});
