import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { prepareSessionSandbox } from '../../src/activities/sandbox.ts';
import { runSetup } from '../../src/activities/worktree/setup.ts';
import { agentNeeds } from '../../src/agents/sandbox/agents.ts';
import { createPrivateGit } from '../../src/git/private/directory.ts';
import { uploadLfs } from '../../src/git/remote/lfs.ts';
import { proxyVariables } from '../../src/process/network-variables.ts';
import { run as git } from '../support/git-repository.ts';
import { describeSandboxed } from '../support/sandbox.ts';
import { sandboxTrial } from './sandbox-trial.ts';

/** A server on loopback; returns its port. */
async function server(): Promise<number> {
  const listening = createServer((_, response) => response.end('hello'));
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void listening.close());
  return (listening.address() as AddressInfo).port;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

describeSandboxed('in the sandbox', () => {
  test('an agent edits, adds everything and commits', async () => {
    const trial = await sandboxTrial('echo "{ }" >.vscode/settings.json; work; done_');
    expect(await trial.start().result).toMatchObject({
      outcome: { kind: 'done' },
      work: { branch: 'issue-124', commits: 1, uncommitted: 0, diff: { files: 2 } },
    });
  });

  test.skipIf(spawnSync('git', ['lfs', 'version']).status !== 0)(
    'what Git LFS keeps is committed as a pointer, and its content can be uploaded afterwards',
    async () => {
      const trial = await sandboxTrial(
        'printf "*.bin filter=lfs diff=lfs merge=lfs -text\\n" >.gitattributes; echo second >b.bin; work; done_',
      );
      const { checkout, location } = trial;
      git(checkout, 'lfs', 'install', '--local', '--skip-repo');
      git(checkout, 'init', '--quiet', '--bare', '../lfs.git');
      git(checkout, 'config', 'lfs.url', `file://${join(checkout, '..', 'lfs.git')}`);
      expect(await trial.start().result).toMatchObject({
        outcome: { kind: 'done' },
        work: { commits: 1, uncommitted: 0 },
      });
      const tip = git(checkout, 'rev-parse', location.branch);
      const pointer = git(checkout, 'cat-file', 'blob', `${tip}:b.bin`);
      const oid = /^oid sha256:([0-9a-f]{64})$/m.exec(pointer)?.[1] ?? '';
      expect(oid).toMatch(/^[0-9a-f]{64}$/);
      await uploadLfs(location, tip, {});
      const at = join(checkout, '..', 'lfs.git/lfs/objects', oid.slice(0, 2), oid.slice(2, 4), oid);
      expect(readFileSync(at, 'utf8')).toBe('second\n');
    },
  );

  test('it writes nowhere but in its worktree and what a commit needs', async () => {
    const trial = await sandboxTrial(`
      common=$ROOT/app/.git own=$ROOT/app/.git/coppice/app-issue-124/git
      try worktree 'echo x >file'
      try temporary 'echo x >"$TMPDIR/file"'
      try checkout 'echo x >$ROOT/app/file'
      try config 'echo x >>$ROOT/app/coppice.yaml'
      try outside 'echo x >$ROOT/file'
      try person 'echo x >$ROOT/person/.bashrc'
      try home 'echo x >~/.bashrc'
      try shared 'echo x >/tmp/file'
      try hook 'echo x >$common/hooks/pre-commit'
      try gitconfig 'echo x >>$common/config'
      try ownconfig 'echo x >>$own/config'
      try owninfo 'mv $own/info $own/other'
      try objects 'rm -r $common/objects/??'
      try branch 'echo x >$common/refs/heads/mine'
      try log 'echo x >>$common/logs/HEAD'
      try record 'echo x >$common/worktrees/app-issue-124/HEAD'
      try cell 'echo x >$common/coppice/app-issue-124/run'
      try records 'ls $common/worktrees'
      try sessions 'ls $common/coppice/app-issue-125'
      try packed 'git pack-refs --all'
      try exclude 'echo x >>$common/info/exclude'
      try commondir 'echo x >$own/commondir'
      try gitdir 'rm -f $own/gitdir'
      try worktreeconfig 'echo x >$own/config.worktree'
      try pointer 'echo gitdir: /tmp >.git'
      try moved 'mv .git elsewhere'
      try othergit 'echo x >$common/worktrees/app-issue-125/HEAD'
      try tag 'git tag mine'
      try stash 'echo x >>README.md; git stash'
      done_`);
    await createPrivateGit(trial.other);
    const { outcome } = await trial.start().result;
    expect(trial.tried()).toEqual({
      ...{ worktree: 'yes', temporary: 'yes', checkout: 'no', config: 'no', outside: 'no' },
      ...{
        person: 'no',
        home: 'yes',
        shared: 'no',
        hook: 'no',
        gitconfig: 'no',
        ownconfig: 'no',
        owninfo: 'no',
        objects: 'no',
      },
      ...{
        branch: 'no',
        log: 'no',
        record: 'no',
        cell: 'no',
        records: 'no',
        sessions: 'no',
        exclude: 'no',
        commondir: 'no',
      },
      ...{ gitdir: 'no', worktreeconfig: 'no', pointer: 'no', moved: 'no', othergit: 'no' },
      ...{ packed: 'yes', tag: 'yes', stash: 'yes' },
    });
    expect(outcome.kind).toBe('done');
    expect(git(trial.checkout, 'tag')).toBe('');
    expect(git(trial.checkout, 'stash', 'list')).toBe('');
  });

  test('what it writes where another session works never gets there', async () => {
    const trial = await sandboxTrial('echo x >$ROOT/app-issue-125/file; echo x >private; done_');
    await trial.start().result;
    expect(existsSync(join(trial.location.worktree, 'private'))).toBe(true);
    expect(existsSync(join(trial.other.worktree, 'file'))).toBe(false);
  });

  test('it reads its worktree, the system and tools, and nothing else of its person’s', async () => {
    const trial = await sandboxTrial(
      `
      try readme 'cat README.md'
      try tool 'tool'
      try installed 'cat $HOME/.nvm/versions/node'
      try fixtures 'cat $HOME/fixtures/one'
      try identity '[ "$(git config user.name)" = Ada ]'
      try checkout 'cat $ROOT/app/.env'
      try state 'cat $ROOT/state/secret'
      try settings 'cat $ROOT/state/turns/*/*/sandbox.json'
      try other 'cat $ROOT/app-issue-125/private'
      try processes 'tr "\\0" "\\n" </proc/${process.pid}/environ | grep -q PATH'
      try temporary 'cat /tmp/coppice-*/app/README.md'
      try person 'grep -r private $ROOT/person || grep -r private ~'
      try login 'git config --get-all credential.helper | grep store'
      try shadow 'cat /etc/shadow'
      done_`,
      { access: { read: ['~/fixtures'] } },
    );
    const places = [
      ...['.ssh/id', '.aws/credentials', '.npmrc', '.netrc', '.bash_history', '.pgpass', '.my.cnf'],
      ...['.m2/settings.xml', '.gradle/gradle.properties', '.cargo/credentials.toml', '.s3cfg'],
      ...['.config/rclone/rclone.conf', '.config/containers/auth.json', '.docker/config.json'],
      ...['.cache/huggingface/token', '.codex/auth.json', '.claude/.credentials.json', 'notes.txt'],
      ...['.mozilla/firefox/logins.json', 'snap/firefox/cookies', '.config/new-tool/token'],
    ];
    const put = (path: string, text: string, mode = 0o600) => {
      mkdirSync(dirname(join(trial.root, path)), { recursive: true });
      writeFileSync(join(trial.root, path), text, { mode });
    };
    for (const place of places) put(`person/${place}`, 'private');
    put('person/.gitconfig', '[user]\nname = Ada\n[credential]\nhelper = store\n');
    put('person/.nvm/versions/node', '');
    put('person/fixtures/one', '');
    put('person/bin/tool', '#!/bin/sh\n', 0o755);
    put('app/.env', 'private');
    Object.assign(trial.env, { PATH: `${trial.person}/bin:${process.env.PATH}` });
    await trial.start().result;
    expect(trial.tried()).toEqual({
      ...{ readme: 'yes', tool: 'yes', installed: 'yes', fixtures: 'yes', identity: 'yes' },
      ...{ checkout: 'no', state: 'no', settings: 'no', other: 'no', processes: 'no' },
      ...{ temporary: 'no', person: 'no', login: 'no', shadow: 'no' },
    });
    expect(trial.read('output')).not.toContain('private\n');
  });

  test('it makes no namespaces, mounts, Unix sockets or memory images, and so many processes', async () => {
    const trial = await sandboxTrial(`
      try namespace 'unshare --user true'
      try mount 'unshare --mount true || mount -t tmpfs none /tmp'
      try socket '"$NODE" -e "require(\\"net\\").createServer().on(\\"error\\", () => process.exit(1)).listen(\\"socket\\", () => process.exit(0))"'
      try cores '[ "$(bash -c "ulimit -c")" != 0 ]'
      try processes '[ "$(bash -c "ulimit -u")" != 4096 ]'
      done_`);
    await trial.start().result;
    expect(trial.tried()).toEqual({
      ...{ namespace: 'no', mount: 'no', socket: 'no', cores: 'no', processes: 'no' },
    });
  });

  test('it is bounded in memory and disk, which is told, and its work is kept', async () => {
    const trial = await sandboxTrial(
      `"$NODE" -e 'const all = []; setInterval(() => all.push(Buffer.alloc(3e7, 1)), 50)'
      echo "ended with $?" >.coppice/memory
      work
      dd if=/dev/zero of=.coppice/big bs=1M count=120 2>/dev/null
      sleep 60`,
      { access: { limits: { memory: 0.4, disk: 0.05 } } },
    );
    const { outcome, work } = await trial.start().result;
    expect(trial.read('memory')).toBe('ended with 137');
    expect(work).toMatchObject({ commits: 1 });
    // It is not tried again.
    expect(readdirSync(join(trial.home.turns, trial.input.turnId))).not.toContain('attempt-2');
    expect(outcome).toMatchObject({
      kind: 'failed',
      reason: 'the agent and all its programs used more than 0.05 GB of disk, and were ended',
    });
    const { tail } = outcome as { tail: string };
    expect(tail).toMatch(/more than 0\.4 GB of memory \(ended: \S+\)/);
    expect(tail).toContain('more than 0.05 GB of disk (all programs were ended)');
    expect(tail).toContain('limits: { memory: 1, disk: 1 }');
  });

  test('a fork bomb ends by itself or is ended, and nothing of it runs on', async () => {
    const trial = await sandboxTrial(
      'work; for i in $(seq 600); do sleep 60 & done; sleep 60; exit 3',
      { access: { limits: { processes: 256 } } },
    );
    const { outcome, work } = await trial.start().result;
    expect(outcome).toMatchObject({ kind: 'failed' });
    expect(work).toMatchObject({ commits: 1 });
    // The system itself holds other users to the limit.
    if (process.getuid?.() === 0)
      expect(outcome).toMatchObject({ tail: expect.stringContaining('more than 256 processes') });
    expect(trial.members()).toEqual([]);
  });

  test('what others get while it works, it does not see', async () => {
    const trial = await sandboxTrial(`
      while [ ! -e .coppice/go ]; do sleep 0.05; done
      try later 'cat $ROOT/app-issue-126/.env $ROOT/person/later $ROOT/state/sessions/acme/app/126/x'
      done_`);
    const turn = trial.start();
    await trial.until(() => trial.read('log') === 'start 0');
    for (const path of ['app-issue-126/.env', 'person/later', 'state/sessions/acme/app/126/x']) {
      mkdirSync(dirname(join(trial.root, path)), { recursive: true });
      writeFileSync(join(trial.root, path), 'private');
    }
    trial.allow('go');
    await turn.result;
    expect(trial.tried()).toEqual({ later: 'no' });
    expect(trial.read('output')).not.toContain('private\n');
  });

  test('it reaches the hosts that are listed, and no others', async () => {
    const [listed, unlisted] = [await server(), await server()];
    const fetched = (host: string) =>
      `"$NODE" -e "fetch(\\"http://${host}\\").then(async (r) => process.exit((await r.text()) === \\"hello\\" ? 0 : 1), () => process.exit(1))"`;
    const trial = await sandboxTrial(
      `try listed '${fetched(`127.0.0.1:${listed}`)}'
       try loopback '${fetched(`127.0.0.1:${unlisted}`)}'
       try named '${fetched('docs.test')}'
       try proxied 'NO_PROXY= no_proxy= ${fetched(`127.0.0.1:${unlisted}`)}'
       try own '"$NODE" -e "require(\\"http\\").createServer((_, r) => r.end(\\"hello\\")).listen(4096, () => fetch(\\"http://127.0.0.1:4096\\").then(() => process.exit(0), () => process.exit(1)))"'
       exit 3`,
      { access: { hosts: [`127.0.0.1:${listed}`] } },
    );
    const { outcome } = await trial.start().result;
    expect(trial.tried()).toEqual({
      ...{ listed: 'yes', loopback: 'no', named: 'no', proxied: 'no', own: 'yes' },
    });
    expect(outcome).toMatchObject({
      kind: 'failed',
      tail: expect.stringContaining(`access:\n    hosts: [docs.test:80, 127.0.0.1:${unlisted}]`),
    });
  });

  test('what it was kept from writing is told with the line that allows it', async () => {
    const trial = await sandboxTrial('echo x >~/allowed/cache/file; done_', {
      access: { write: ['~/allowed/cache'] },
    });
    const refused = await sandboxTrial('echo x >"$ROOT/app/file"; exit 3');
    expect((await refused.start().result).outcome).toMatchObject({
      kind: 'failed',
      tail: expect.stringContaining(`access:\n    write: [${refused.checkout}]`),
    });
    await trial.start().result;
    expect(existsSync(join(trial.person, 'allowed/cache/file'))).toBe(true);
  });

  test('what it is kept from last is told, after thousands of refusals of something else', async () => {
    const refused = await sandboxTrial(
      'i=0; while [ $i -lt 6000 ]; do echo >"$ROOT/app/a-file-that-is-tried-again-and-again"; i=$((i+1)); done 2>/dev/null; echo x >"$ROOT/app/the-last"; exit 3',
    );
    expect((await refused.start().result).outcome).toMatchObject({
      kind: 'failed',
      tail: expect.stringContaining('/app/the-last'),
    });
  });

  test('after kill -9 of its supervisor nothing of it runs on, also when nobody looks', async () => {
    const trial = await sandboxTrial(
      '[ $COPPICE_RESUME = 1 ] && done_; setsid sleep 1000 & sleep 1000',
    );
    const first = trial.start();
    await trial.until(() => trial.read('log') === 'start 0');
    first.cancel('TIMED_OUT');
    await expect(first.result).rejects.toThrow();
    expect(trial.members()).not.toEqual([]);
    const pids = trial.members().map(({ pid }) => `coppice-sockets-${pid}-`);
    const mine = readdirSync('/tmp').filter((name) => pids.some((one) => name.startsWith(one)));
    expect(mine).toHaveLength(1);
    process.kill(Number(readFileSync(trial.attempt('gate'), 'utf8')), 'SIGKILL');
    await trial.until(() => trial.members().length === 0);
    expect(await trial.start().result).toMatchObject({ outcome: { kind: 'done' }, attempts: 2 });
    expect(mine.filter((name) => existsSync(join('/tmp', name)))).toEqual([]);
  });

  test('after kill -9 of the agent its conversation is resumed', async () => {
    const trial = await sandboxTrial('[ $COPPICE_RESUME = 1 ] && { work; done_; }; kill -9 $$');
    expect(await trial.start().result).toMatchObject({ outcome: { kind: 'done' }, attempts: 2 });
  });

  test('its worker goes and comes back, and finds it at work', async () => {
    const trial = await sandboxTrial(
      'while [ ! -e .coppice/go ]; do sleep 0.05; done; work; done_',
    );
    const first = trial.start();
    await trial.until(() => trial.read('log') === 'start 0');
    first.cancel('TIMED_OUT');
    await expect(first.result).rejects.toThrow();
    trial.allow('go');
    expect(await trial.start().result).toMatchObject({ outcome: { kind: 'done' }, attempts: 1 });
  });

  test('it is stopped gently, and what ignores that is killed', async () => {
    const gentle = await sandboxTrial(
      'trap "echo bye >.coppice/heard; exit 0" TERM; while :; do sleep 0.05; done',
    );
    const deaf = await sandboxTrial("trap '' TERM; setsid sleep 1000 & while :; do sleep 1; done");
    for (const trial of [gentle, deaf]) {
      const { result, cancel } = trial.start();
      await trial.until(() => trial.read('log') === 'start 0');
      cancel('CANCELLED');
      await expect(result).rejects.toThrow();
      expect(trial.members()).toEqual([]);
    }
    expect(gentle.read('heard')).toBe('bye');
  });

  test.each([
    ['claude', '.claude', ['CLAUDE.md', 'local/claude', 'shell-snapshots/s.sh', 'rules/x.md']],
    ['claude', '.claude', ['.credentials.json', 'hooks/h', 'remote-settings.json', 'plugins/p']],
    [
      'codex',
      '.codex',
      ['auth.json', 'AGENTS.override.md', 'hooks.json', 'config.toml', 'rules/r'],
    ],
  ] as const)('%s writes nothing of its person’s own: %s %j', async (adapter, own, names) => {
    const trial = await sandboxTrial('');
    const directory = join(trial.person, own);
    for (const name of names.slice(0, 3)) {
      mkdirSync(dirname(join(directory, name)), { recursive: true });
      writeFileSync(join(directory, name), 'mine');
    }
    writeFileSync(join(trial.person, '.claude.json'), '{"theme":"dark","projects":{"/secret":{}}}');
    const confine = await prepareSessionSandbox(trial, trial.location, agentNeeds({ adapter }, {}));
    const run = async (script: string) => {
      const [program = '', ...args] =
        confine?.(join(trial.root, 'state/own'), ['sh', '-c', script]) ?? [];
      return (await execa(program, args, { env: trial.env, reject: false })).stdout;
    };
    const real = `"$ROOT/person/${own}"`;
    await run(`for name in ${names.join(' ')}; do for at in ~/${own} ${real}; do
      mkdir -p "$(dirname "$at/$name")"; echo evil >>"$at/$name"; rm -f "$at/$name"; done; done
      echo evil >~/.claude.json; mkdir -p ~/${own}/projects; echo said >~/${own}/projects/one`);
    expect((await execa('grep', ['-r', 'evil', trial.person], { reject: false })).stdout).toBe('');
    for (const name of names.slice(0, 3))
      expect(readFileSync(join(directory, name), 'utf8')).toBe('mine');
    // Its conversations are the session's, and there in its next turn.
    expect(await run(`cat ~/${own}/projects/one`)).toBe('said');
  });

  test('an agent begins with its person’s login and settings, without their other projects', async () => {
    const trial = await sandboxTrial('');
    mkdirSync(join(trial.person, '.claude/skills/one'), { recursive: true });
    writeFileSync(join(trial.person, '.claude/.credentials.json'), 'login');
    writeFileSync(join(trial.person, '.claude.json'), '{"theme":"dark","projects":{"/secret":{}}}');
    const confine = await prepareSessionSandbox(
      trial,
      trial.location,
      agentNeeds({ adapter: 'claude' }, {}),
    );
    const script = 'cd; cat .claude/.credentials.json .claude.json; ls .claude/skills';
    const [program = '', ...args] =
      confine?.(join(trial.root, 'state/own'), ['sh', '-c', script]) ?? [];
    const { stdout } = await execa(program, args, { env: trial.env });
    expect(stdout).toBe('login{"theme":"dark"}one');
  });

  test('it reaches its hosts through the proxy around it, whose password it never sees', async () => {
    const port = await listen(createServer((_, response) => response.end('reached')));
    const asked: string[] = [];
    const proxy = createServer();
    proxy.on('connect', ({ url, headers }, client) => {
      asked.push(`${url} ${headers['proxy-authorization']}`);
      const there = connect(port, '127.0.0.1', () => {
        client.write('HTTP/1.1 200 OK\r\n\r\n');
        there.pipe(client).pipe(there);
      });
      there.on('error', () => client.destroy());
      client.on('error', () => there.destroy());
    });
    proxy.on('request', ({ url }, response) => {
      asked.push(url ?? '');
      response.end('reached');
    });
    const around = `http://alice:swordfish@127.0.0.1:${await listen(proxy)}`;
    const trial = await sandboxTrial('', { access: { hosts: ['nowhere.invalid'] } });
    const confine = await prepareSessionSandbox(trial, trial.location);
    const script = `cat /proc/[0-9]*/environ | tr '\\0' '\\n'; "$NODE" -e 'fetch("http://nowhere.invalid/a").then(async (a) => console.log(await a.text()))'`;
    const [program = '', ...args] = confine?.(join(trial.root, 'own'), ['sh', '-c', script]) ?? [];
    const env = { ...trial.env, ...proxyVariables({ HTTP_PROXY: around }) };
    const { stdout } = await execa(program, args, { env, reject: false });
    expect(stdout).toMatch(/\nreached$/);
    expect(asked).toHaveLength(1);
    expect(stdout).not.toContain('swordfish');
  });

  test('setup commands are in it too, and say what they were refused', async () => {
    const trial = await sandboxTrial('done_', { access: { hosts: ['example.com:443'] } });
    const confine = await prepareSessionSandbox(trial, trial.location);
    const own = join(trial.home.root, 'sessions/acme/app/124/sandbox');
    const setUp = (command: string) =>
      runSetup({
        ...{ home: trial.home, location: trial.location, commands: [command], timeout: 60 },
        log: join(trial.root, 'setup.log'),
        signal: new AbortController().signal,
        environment: { variables: { PATH: process.env.PATH ?? '' }, secrets: [] },
        sandbox: confine && { confine, own },
      });
    await setUp('echo made >made; git status');
    expect(git(trial.location.worktree, 'status', '--porcelain')).toBe('?? made');
    await expect(setUp('echo x >"$COPPICE_CHECKOUT/file"')).rejects.toMatchObject({
      type: 'SetupFailed',
      details: expect.stringContaining(`write: [${trial.checkout}]`),
    });
    expect(existsSync(join(trial.checkout, 'file'))).toBe(false);
    await expect(setUp('cat "$COPPICE_CHECKOUT/.env"')).rejects.toMatchObject({
      details: expect.stringContaining('name those that it needs in files.copy'),
    });
  });
});

test('where there is none, the agent is not started, unless coppice.yaml says so', async () => {
  const trial = await sandboxTrial('done_', { sandbox: undefined });
  await expect(
    prepareSessionSandbox({ home: trial.home, env: { PATH: '' } }, trial.location),
  ).rejects.toMatchObject({
    type: 'AgentUnavailable',
    message: expect.stringMatching(
      /bwrap, socat, rg are missing\), .*install.* bubblewrap socat ripgrep; or set `sandbox: off`/,
    ),
  });
});

test.each(['auto', 'off'])(
  'where there is none and it is %s, the agent works without',
  async (sandbox) => {
    const trial = await sandboxTrial('done_', { sandbox });
    expect(
      await prepareSessionSandbox({ home: trial.home, env: { PATH: '' } }, trial.location),
    ).toBeUndefined();
  },
);

test('with it off, no sandbox is used where there is one', async () => {
  const trial = await sandboxTrial('echo x >"$ROOT/file"; work; done_', { sandbox: 'off' });
  expect((await trial.start().result).outcome.kind).toBe('done');
  expect(existsSync(join(trial.root, 'file'))).toBe(true);
});
