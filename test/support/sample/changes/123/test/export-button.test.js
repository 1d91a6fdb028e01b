import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toCsv } from '../src/components/ExportButton.js';
import { Report } from '../src/components/Report.js';

test('cells with commas and quotes are quoted', () => {
  assert.equal(toCsv([['a', 'b, "c"']]), 'a,"b, ""c"""\r\n');
});

test('a report can be exported under its title', () => {
  const html = Report({ title: 'Sales', columns: ['month'], rows: [['May']] });
  assert.match(html, /download="Sales\.csv" href="data:text\/csv[^"]*May/);
});
