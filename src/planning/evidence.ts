import { oneLine } from '../domain/shared/text.ts';
import type { Codebase } from './draft.ts';
import type { Dropped, Proposals } from './rules/proposals.ts';
import type { Survey } from './rules/survey.ts';

/** A shorter quote proves nothing, in characters. */
const SHORTEST = 6;

/**
 * Drops orders and files of an agent's proposals whose evidence can't be found: each quote is looked for in
 * the issues and in the code. Cautions, doubts and overlaps need no evidence, because they start nothing and
 * hide nothing.
 */
export async function withEvidence(
  proposals: Proposals,
  { issues }: Pick<Survey, 'issues'>,
  { map, quoted }: Codebase,
): Promise<{ readonly proposals: Proposals; readonly dropped: readonly Dropped[] }> {
  const texts = issues.map(({ title, body }) => plain(`${title}\n${body}`)).join('\n');
  const known = new Set(issues.map(({ number }) => number));
  const quotes = [...proposals.orders, ...proposals.files].map(({ quote }) => quote);
  const inCode = await quoted(
    quotes.filter((quote) => quote.length >= SHORTEST && !texts.includes(plain(quote))),
  );
  const isProven = ({ quote }: { readonly quote: string }) =>
    quote.length >= SHORTEST && (texts.includes(plain(quote)) || inCode.has(quote));
  const reasonOf = ({ quote }: { readonly quote: string }) =>
    quote === ''
      ? 'it quotes nothing'
      : `“${oneLine(quote, 100)}” is in none of the issues and files`;
  const problemOf = (file: Proposals['files'][number]): string | undefined => {
    if (!known.has(file.issue)) return `#${file.issue} is not in the plan`;
    if (!map.files.has(file.path)) return 'there is no such file';
    return isProven(file) ? undefined : reasonOf(file);
  };
  return {
    proposals: {
      ...proposals,
      orders: proposals.orders.filter(isProven),
      files: proposals.files.filter((file) => problemOf(file) === undefined),
    },
    dropped: [
      ...proposals.orders
        .filter((order) => !isProven(order))
        .map(({ issue, after, why, quote }) => ({
          issues: [issue, after],
          text: `the agent proposed #${issue} after #${after} (${oneLine(why, 200)}); not taken: ${reasonOf({ quote })}`,
        })),
      ...proposals.files.flatMap((file) => {
        const problem = problemOf(file);
        const text = `the agent said that #${file.issue} changes ${oneLine(file.path, 100)}; not taken: ${problem}`;
        return problem === undefined ? [] : [{ issues: [file.issue], text }];
      }),
    ],
  };
}

/** The text with single spaces, because line breaks and indentation do not matter in a quote. */
const plain = (text: string): string => text.replace(/\s+/g, ' ').trim();
