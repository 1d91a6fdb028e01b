import { expect, test, vi } from 'vitest';
import { gitEnvironment } from '../../../src/git/command/environment.ts';

test('git and what it starts see what they need of the environment, and no key of anything', () => {
  const secrets = {
    ...{ GITHUB_APP_PRIVATE_KEY: 'C1', GITHUB_WEBHOOK_SECRET: 'C2', ANTHROPIC_API_KEY: 'C3' },
    ...{ TEMPORAL_API_KEY: 'C4', GH_ENTERPRISE_TOKEN: 'C5', GH_TOKEN: 'C6', MY_PASSWORD: 'C7' },
    ...{ GIT_DIR: 'C8', GIT_TRACE: 'C9' },
  };
  const needed = {
    ...{ PATH: '/bin', HOME: '/home/ada', SSH_AUTH_SOCK: '/tmp/agent', https_proxy: 'http://p' },
    ...{ LC_TIME: 'C', XDG_CONFIG_HOME: '/c', GNUPGHOME: '/g', GIT_AUTHOR_NAME: 'Ada' },
  };
  for (const [name, value] of Object.entries({ ...secrets, ...needed })) vi.stubEnv(name, value);
  const seen = gitEnvironment([], {});
  expect(Object.values(seen).filter((value) => /^C\d$/.test(value))).toEqual([]);
  expect(seen).toMatchObject(needed);
  vi.unstubAllEnvs();
});
