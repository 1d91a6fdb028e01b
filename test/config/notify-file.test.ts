import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadNotifyFile } from '../../src/config/notify-file.ts';
import { NotifySettings } from '../../src/domain/settings/notify-settings.ts';
import { RepositoryName } from '../../src/domain/shared/repository.ts';
import { hostSettings } from '../../src/notify/host-settings.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const own = (text: string) => {
  const file = join(temporaryDirectory('notify'), 'notify.yaml');
  writeFileSync(file, text);
  return loadNotifyFile(file);
};

test('a person’s own file may contain secrets, and overrides coppice.yaml', async () => {
  const file = await own(
    'desktop: false\nremind: 2h\nchannels:\n  me: {type: slack, url: https://hooks.slack.com/x}\n',
  );
  const shared = NotifySettings.parse({
    channels: { me: { type: 'ntfy', url: 'https://ntfy.sh/x' } },
  });
  const settings = hostSettings(RepositoryName.parse('acme/app'), shared, file);
  expect(settings).toMatchObject({ gather: 2, remind: 7_200 });
  // Of one name they stay two channels.
  expect([...settings.channels.keys()]).toEqual(['acme/app me', 'me']);
});

test('without a file nothing changes', async () => {
  expect(await loadNotifyFile(join(temporaryDirectory('none'), 'notify.yaml'))).toBeUndefined();
  const settings = hostSettings(null, NotifySettings.parse({}), undefined);
  expect([...settings.channels.keys()]).toEqual(['desktop']);
});

test('its problems are reported with their lines', async () => {
  await expect(own('channels:\n  me: {type: slack}\n')).rejects.toMatchObject({
    type: 'InvalidConfig',
  });
});
