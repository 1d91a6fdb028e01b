import { expect, test } from 'vitest';
import { readLogin } from '../../src/github/api/login.ts';
import { coppiceHome } from '../../src/state/home.ts';
import { type Login, readWorkerRecord } from '../../src/state/worker-record.ts';
import { recordWorker } from '../../src/worker/record-worker.ts';
import { eventually } from '../support/eventually.ts';
import { githubFixture } from '../support/github-fixture.ts';
import { temporaryDirectory } from '../support/temporary.ts';

test('a worker writes down whether GitHub takes its login, and looks again when that has changed', async () => {
  const home = coppiceHome({ COPPICE_HOME: temporaryDirectory('announce') });
  const { emulator } = await githubFixture();
  let token = 'emulated-token';
  const look = (): Promise<Login> =>
    readLogin({ apiUrl: emulator.apiUrl, tokens: async () => token });
  const env = { PATH: '/usr/bin', GITHUB_TOKEN: token };
  const { onAnswer } = await recordWorker({ home, env, readLogin: look, log: () => undefined });
  const accepted = async () => (await readWorkerRecord(home))?.github.accepted;
  await eventually(async () => expect(await accepted()).toBe(true));
  expect((await readWorkerRecord(home))?.github.login).toMatch(/./);
  token = 'revoked';
  onAnswer(true);
  onAnswer(false);
  await eventually(async () => expect(await accepted()).toBe(false));
  token = 'emulated-token';
  onAnswer(true);
  await eventually(async () => expect(await accepted()).toBe(true));
});

test('a GitHub that can’t be reached says nothing about a login', async () => {
  const none = { apiUrl: 'http://127.0.0.1:9', tokens: async () => 'token' };
  expect(await readLogin(none)).toEqual({ accepted: null, login: null, problem: null });
});
