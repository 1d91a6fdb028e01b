import { cpSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const templates = new Map<string, string>();

/** Fills a directory with what `make` makes in one. It is made once for each file of tests, since copying is quicker. */
export function fillFromTemplate(
  directory: string,
  name: string,
  make: (template: string) => void,
): void {
  const template = templates.get(name) ?? newTemplate();
  if (!templates.has(name)) {
    make(template);
    templates.set(name, template);
  }
  cpSync(template, directory, { recursive: true, preserveTimestamps: true });
}

function newTemplate(): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'coppice-template-')));
  process.once('exit', () => rmSync(path, { recursive: true, force: true }));
  return path;
}
