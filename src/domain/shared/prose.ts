/** Markdown's code, quotes and comments: what an author shows, rather than says. */
const FENCE = /^ {0,3}(`{3,}|~{3,})[\s\S]*?(?:^ {0,3}\1[`~]*[ \t]*$|$(?![\s\S]))/gm;
const COMMENT = /<!--[\s\S]*?(?:-->|$(?![\s\S]))/g;
const QUOTE = /^ {0,3}>.*$/gm;
const INLINE_CODE = /(`+)(?!`)[^\n]*?[^`\n]\1(?!`)/g;

/** An issue's text without code, quotes and comments, its lines kept. */
export const proseOf = (markdown: string): string =>
  markdown
    .replaceAll('\r\n', '\n')
    .replace(COMMENT, '')
    .replace(FENCE, '')
    .replace(QUOTE, '')
    .replace(INLINE_CODE, '');
