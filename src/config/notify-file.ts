import { OwnNotifySettings } from '../domain/settings/notify-settings.ts';
import { readTextFile } from './text-file.ts';
import { readYaml } from './yaml.ts';

/** No real file is larger, in bytes. */
const MAX_BYTES = 64 * 1024;

/**
 * A person's own notify.yaml, which says what `notify` in coppice.yaml may; undefined when there is none.
 * @throws CoppiceError InvalidConfig, naming every problem with its line and column
 */
export async function loadNotifyFile(file: string): Promise<OwnNotifySettings | undefined> {
  const text = await readTextFile(file, { limit: MAX_BYTES, failure: 'InvalidConfig' });
  if (text === undefined) return undefined;
  return readYaml(text, {
    ...{ file, schema: OwnNotifySettings, failure: 'InvalidConfig' },
    suggest: () => '',
  });
}
