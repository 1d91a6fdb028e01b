import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { prepareSessionSandbox } from '../../src/activities/sandbox.ts';
import { agentNeeds } from '../../src/agents/sandbox/agents.ts';
import { networkOf } from '../../src/agents/turn/network.ts';
import { describeSandboxed } from '../support/sandbox.ts';
import { sandboxTrial } from './sandbox-trial.ts';

/** A model that notes what it is asked. */
async function model() {
  const asked: { url?: string | undefined; headers: IncomingHttpHeaders; body: string }[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    asked.push({ url: request.url, headers: request.headers, body });
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('one ');
    response.end('two');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const FETCH = `
  const ask = (base, headers, method = 'POST') =>
    fetch(base + '/v1/messages?beta=true', { method, headers, ...(method === 'POST' && { body: 'words' }) })
      .then(async (a) => a.status + ' ' + (await a.text()), (error) => 'nothing: ' + error.message);
  const { ANTHROPIC_BASE_URL: base, ANTHROPIC_API_KEY: key, ANTHROPIC_AUTH_TOKEN: token } = process.env;
`;

async function inside(script: string, env: Record<string, string>) {
  const trial = await sandboxTrial('');
  const all = { ...trial.env, ...env };
  const confine = await prepareSessionSandbox(
    trial,
    trial.location,
    agentNeeds({ adapter: 'claude' }, env),
  );
  const own = join(trial.home.turns, 'one', 'attempt-1');
  const [program = '', ...args] =
    confine?.(own, [process.execPath, '-e', `${FETCH}(async () => {${script}})()`]) ?? [];
  const { stdout } = await execa(program, args, { env: all, cwd: trial.location.worktree });
  return { lines: stdout.split('\n'), network: networkOf(trial.home.turns, 'one'), own };
}

describeSandboxed('an agent with a key', () => {
  test.each([
    ['ANTHROPIC_API_KEY', 'x-api-key', '{ "x-api-key": key }', 'sk-real'],
    [
      'ANTHROPIC_AUTH_TOKEN',
      'authorization',
      "{ authorization: 'Bearer ' + token }",
      'Bearer sk-real',
    ],
  ])('reaches its model with %s, which it never has', async (variable, header, sent, real) => {
    const { url, asked } = await model();
    const { lines, network, own } = await inside(
      `console.log(await ask(base, ${sent})); console.log(JSON.stringify(process.env)); process.exit()`,
      { ANTHROPIC_BASE_URL: `${url}/gateway`, [variable]: 'sk-real' },
    );
    expect(lines[0]).toBe('200 one two');
    expect(lines.join()).not.toContain('sk-real');
    expect(asked).toMatchObject([
      { url: '/gateway/v1/messages?beta=true', headers: { [header]: real }, body: 'words' },
    ]);
    const host = new URL(url).host;
    expect(network).toEqual([expect.stringMatching(`^\\S+ POST ${host}/gateway/v1/messages 200$`)]);
    expect(readFileSync(join(own, 'asked'), 'utf8')).not.toContain('sk-real');
  });

  test('reaches it with no other key, and by no other way', async () => {
    const { url, asked } = await model();
    const { lines, network } = await inside(
      `
      console.log(await ask(base, { 'x-api-key': 'sk-stranger' }));
      console.log(await ask(base, { authorization: 'Bearer ' + key }));
      console.log(await ask(base, {}));
      console.log(await ask(${JSON.stringify(url)}, { 'x-api-key': key }));
      process.exit()`,
      { ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: 'sk-real' },
    );
    expect(lines.slice(0, 3)).toEqual(Array(3).fill(expect.stringMatching(/^403 .*no other key/)));
    expect(lines[3]).toMatch(/^nothing/);
    expect(asked).toEqual([]);
    expect(network.filter((line) => / 403$/.test(line))).toHaveLength(3);
  });
});
