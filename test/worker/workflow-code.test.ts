import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { workflowCode } from '../../src/worker/workflow-code.ts';
import { temporaryDirectory } from '../support/temporary.ts';

test('a bundle is kept for the same sources, and made again when it is of others or damaged', async () => {
  const kept = join(temporaryDirectory('bundle'), 'cache', 'bundle.json');
  const made = await workflowCode(kept);
  const { sources, code } = JSON.parse(readFileSync(kept, 'utf8'));
  expect(made).toEqual({ code });
  expect(code).toContain('issueWorkflow');

  writeFileSync(kept, JSON.stringify({ sources, code: 'the kept one' }));
  expect(await workflowCode(kept)).toEqual({ code: 'the kept one' });

  for (const bad of [JSON.stringify({ sources: 'others', code: 'old' }), '{"sources": "']) {
    writeFileSync(kept, bad);
    expect(await workflowCode(kept)).toMatchObject({
      code: expect.stringContaining('issueWorkflow'),
    });
    expect(JSON.parse(readFileSync(kept, 'utf8')).sources).toBe(sources);
  }
});

test('where nothing can be kept, it is bundled all the same', async () => {
  const file = join(temporaryDirectory('bundle'), 'file');
  writeFileSync(file, '');
  expect(await workflowCode(join(file, 'bundle.json'))).toHaveProperty('code');
});
