import { run } from '../support/model-server/scenario.ts';
import { contractOf, worksAndGoesOn } from './contract.ts';
import { crashContract } from './crashes.ts';
import { sandboxContract } from './sandboxed.ts';
import type { Contract } from './stage.ts';

const contract: Contract = {
  agent: 'own',
  anonymous: true,
  settings: (program) => ({ adapter: 'command', command: [process.execPath, program] }),
  env: (url) => ({ MODEL_URL: url }),
  access: (url) => ({ hosts: [new URL(url).host], write: ['~/.own-agent'] }),
  report: (outcome) => run(`echo '${JSON.stringify(outcome)}' >.coppice/outcome.json`),
};

contractOf(contract, () => {
  worksAndGoesOn(contract, false);
  crashContract(contract);
  sandboxContract(contract);
});
