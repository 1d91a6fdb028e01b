import { renameFormerKeys } from './former-names.ts';
import { Config } from './schema.ts';
import { suggestKey } from './suggest.ts';
import { readYaml } from './yaml.ts';

/**
 * Reads the text of a coppice.yaml; `file` is its name in messages.
 * @throws CoppiceError InvalidConfig, one line for each problem: `file:line:column: key: what is wrong`
 */
export const parseConfig = (text: string, file: string): Config =>
  readYaml(text, {
    file,
    schema: Config,
    failure: 'InvalidConfig',
    suggest: suggestKey,
    modernize: renameFormerKeys,
  });
