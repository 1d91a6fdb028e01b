import { expect, test } from 'vitest';
import { run } from '../support/model-server/scenario.ts';
import { contractOf, worksAndGoesOn } from './contract.ts';
import { crashContract } from './crashes.ts';
import { sandboxContract } from './sandboxed.ts';
import { type Contract, setStage } from './stage.ts';

const contract: Contract = {
  agent: 'own',
  anonymous: true,
  settings: (program) => ({ adapter: 'command', command: [process.execPath, program] }),
  step: 60,
  env: (url) => ({ MODEL_URL: url }),
  access: (url) => ({ hosts: [new URL(url).host], write: ['~/.own-agent'] }),
  report: (outcome) => run(`echo '${JSON.stringify(outcome)}' >.coppice/outcome.json`),
};

contractOf(contract, () => {
  worksAndGoesOn(contract, false);
  crashContract(contract);
  sandboxContract(contract);

  test.each(['overloaded', 'limit', 'malformed'] as const)(
    'a model’s trouble (%s) is its own program’s to tell: Coppice sees that it failed',
    async (fault) => {
      const stage = await setStage(contract, () => ({ fault }));
      expect((await stage.run()).outcome.kind).toBe('failed');
    },
  );
});
