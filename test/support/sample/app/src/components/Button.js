import { escapeHtml } from './html.js';

export const Button = ({ label, action }) =>
  `<button type="button" data-action="${escapeHtml(action)}">${escapeHtml(label)}</button>`;
