import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryDirectory } from '../../support/temporary.ts';

/** A server whose certificate nobody knows but whoever trusts its file. */
async function ownAuthority() {
  const directory = temporaryDirectory('trust');
  const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'],
      ...['-keyout', key, '-out', cert],
    ],
    { stdio: 'ignore' },
  );
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, answer) =>
    answer.writeHead(404).end(),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { directory, cert, url: `https://localhost:${(server.address() as AddressInfo).port}/x` };
}

test('git trusts whom NODE_EXTRA_CA_CERTS names, unless the person has told git itself whom to trust', async () => {
  const { directory, cert, url } = await ownAuthority();
  const program = `import { git } from ${JSON.stringify(join(process.cwd(), 'src/git/command/client.ts'))};
    await git(${JSON.stringify(directory)}, ['ls-remote', ${JSON.stringify(url)}]).catch((error) => console.log(error.stderr ?? error.message));`;
  const ask = async (env: Record<string, string>) => {
    const { stdout } = await execa(process.execPath, ['--input-type=module', '-e', program], {
      env: {
        PATH: process.env.PATH,
        HOME: directory,
        COPPICE_CACHE: join(directory, 'cache'),
        ...env,
      },
      extendEnv: false,
    });
    return stdout;
  };
  expect(await ask({})).toContain('certificate');
  expect(await ask({ NODE_EXTRA_CA_CERTS: cert })).toContain('not found');
  expect(await ask({ NODE_EXTRA_CA_CERTS: cert, GIT_SSL_CAINFO: '/etc/hostname' })).toContain(
    'certificate',
  );
});
