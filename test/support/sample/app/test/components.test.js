import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Button } from '../src/components/Button.js';
import { Report } from '../src/components/Report.js';

test('a report is a table with its title above', () => {
  const html = Report({ title: 'Sales', columns: ['month', 'sum'], rows: [['May', 7]] });
  assert.match(html, /<h1>Sales<\/h1>/);
  assert.match(html, /<td>May<\/td><td>7<\/td>/);
});

test('text is escaped', () => {
  assert.match(Button({ label: '<b>', action: '"' }), /data-action="&quot;">&lt;b&gt;</);
});
