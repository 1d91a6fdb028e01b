/** Sizes in pixels. */
const CELL = { width: 8.4, height: 20 };
const PADDING = 20;

const BACKGROUND = '#16181d';
const FOREGROUND = '#d7dae0';
const BOLD = 1;
const DIM = 2;

/** What chalk writes at level 1, by SGR code: eight colours. */
const COLORS: Readonly<Record<number, string>> = {
  31: '#f07178',
  32: '#8fce7e',
  33: '#f2c55c',
  34: '#82aaff',
  35: '#c792ea',
  36: '#6cc7d6',
  37: FOREGROUND,
  90: '#7d8590',
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal sequences begin with one
const SGR = /\u001b\[([\d;]*)m/;

/** What a terminal of so many columns shows of `text`, as an SVG that looks the same whatever fonts there are. */
export function terminalSvg(text: string, columns: number): string {
  const lines = text.split('\n');
  const width = Math.ceil(columns * CELL.width + 2 * PADDING);
  const height = lines.length * CELL.height + 2 * PADDING;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`,
    ` font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="14" fill="${FOREGROUND}">\n`,
    `<rect width="${width}" height="${height}" rx="8" fill="${BACKGROUND}"/>\n`,
    ...lines.map((line, row) => drawLine(line, PADDING + (row + 0.7) * CELL.height)),
    '</svg>\n',
  ].join('');
}

function drawLine(line: string, y: number): string {
  const drawn: string[] = [];
  let styles: number[] = [];
  let column = 0;
  // Odd parts are the codes between the pieces of text.
  for (const [index, part] of line.split(SGR).entries()) {
    if (index % 2 === 1) styles = styled(styles, Number(part || 0));
    else if (part.trim() === '') column += part.length;
    else {
      drawn.push(piece(part, PADDING + column * CELL.width, y, styles));
      column += part.length;
    }
  }
  return drawn.join('');
}

/** Codes 39 and 22 end a colour and an intensity, 0 ends all. */
function styled(styles: readonly number[], code: number): number[] {
  if (code === 0) return [];
  if (code === 39) return styles.filter((style) => !(style in COLORS));
  if (code === 22) return styles.filter((style) => style !== BOLD && style !== DIM);
  return [...styles, code];
}

function piece(text: string, x: number, y: number, styles: readonly number[]): string {
  const color = styles.map((style) => COLORS[style]).find((found) => found !== undefined);
  const attributes = [
    ...(color === undefined ? [] : [`fill="${color}"`]),
    ...(styles.includes(BOLD) ? ['font-weight="bold"'] : []),
    ...(styles.includes(DIM) ? ['opacity="0.6"'] : []),
    `textLength="${(text.length * CELL.width).toFixed(1)}"`,
  ];
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes.join(' ')} xml:space="preserve">${escapeXml(text)}</text>\n`;
}

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
