import { cpSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A test may set another one, which ends with it. */
const TMPDIR = tmpdir();

const templates = new Map<string, string>();

afterAll(() => {
  for (const path of templates.values()) rmSync(path, { recursive: true, force: true });
  templates.clear();
});

/** Fills a directory with what `make` makes in one. It is made once for each file of tests, since copying is quicker. */
export function fillFromTemplate(
  directory: string,
  name: string,
  make: (template: string) => void,
): void {
  let template = templates.get(name);
  if (template === undefined) {
    template = realpathSync(mkdtempSync(join(TMPDIR, 'coppice-template-')));
    make(template);
    templates.set(name, template);
  }
  cpSync(template, directory, { recursive: true, preserveTimestamps: true });
}
