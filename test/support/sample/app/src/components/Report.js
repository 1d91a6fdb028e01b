import { escapeHtml } from './html.js';

const line = (cells) => `<tr>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`;

/** A report as a table: one row of column names, then the report's rows. */
export function Report({ title, columns, rows }) {
  const table = `<table>${[columns, ...rows].map(line).join('')}</table>`;
  return `<section><h1>${escapeHtml(title)}</h1>${table}</section>`;
}
