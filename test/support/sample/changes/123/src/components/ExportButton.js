import { Button } from './Button.js';
import { escapeHtml } from './html.js';

const quote = (cell) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

/** Rows as CSV (RFC 4180), lines ending in CR LF. */
export const toCsv = (rows) =>
  rows.map((cells) => `${cells.map((cell) => quote(String(cell))).join(',')}\r\n`).join('');

/** A button with the report's CSV beside it, as a link the browser downloads. */
export function ExportButton({ title, columns, rows }) {
  const href = `data:text/csv;charset=utf-8,${encodeURIComponent(toCsv([columns, ...rows]))}`;
  const button = Button({ label: 'Export', action: 'export' });
  return `<a download="${escapeHtml(title)}.csv" href="${href}">${button}</a>`;
}
