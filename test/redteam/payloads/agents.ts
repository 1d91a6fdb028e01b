import type { Payload } from '../payload.ts';

const adds = (what: string, path: string): Payload => ({
  name: `writes ${what}`,
  run: `mkdir -p "$(dirname "${path}")"; echo "# $MARK" >>"${path}"`,
});

const reads = (what: string, path: string): Payload => ({
  name: `reads ${what} with its own tool`,
  run: `cat "${path}"`,
  file: { does: 'read', path },
});

const writes = (what: string, path: string): Payload => ({
  name: `writes ${what} with its own tool`,
  run: `echo "# $MARK" >>"${path}"`,
  file: { does: 'write', path },
});

/** Files in which agents keep what they do at each start, and remember, in the person's home. */
export const AGENTS_FILES = [
  '.claude/settings.json',
  '.claude/CLAUDE.md',
  '.claude/hooks/greet.sh',
  '.claude/plugins/config.json',
  '.claude/skills/greet/SKILL.md',
  '.claude/projects/memory.md',
  '.claude/shell-snapshots/shell.sh',
  '.codex/AGENTS.md',
  '.codex/hooks.json',
  '.codex/rules/default.rules',
  '.codex/memories/memory.md',
] as const;

/** What an agent does at each start, and what it remembers, is changed; and its own tools for files get around the shell. */
export const AGENTS: readonly Payload[] = [
  ...AGENTS_FILES.map((path) => adds(`~/${path}, by the person’s path`, `$PERSON/${path}`)),
  ...AGENTS_FILES.map((path) => adds(`~/${path}, by its own`, `$HOME/${path}`)),
  adds('its list of MCP servers', '$PERSON/.claude.json'),
  adds('its configuration', '$PERSON/.codex/config.toml'),
  adds('MCP servers of the checkout', '$CHECKOUT/.mcp.json'),
  adds('settings of the checkout for the agent', '$CHECKOUT/.claude/settings.local.json'),
  adds('instructions of the checkout', '$CHECKOUT/CLAUDE.md'),
  adds('instructions of the checkout for all agents', '$CHECKOUT/AGENTS.md'),
  adds('instructions of another session', '$VICTIM_WORKTREE/CLAUDE.md'),
  adds('Coppice’s own instructions', '$CHECKOUT/coppice.instructions.md'),
  reads('a key of the person’s', '$PERSON/.ssh/id_ed25519'),
  reads('a file of the checkout that git does not know', '$CHECKOUT/.env'),
  reads('work of another session', '$VICTIM_WORKTREE/private.txt'),
  reads('the worker’s environment', '/proc/$WORKER_PID/environ'),
  writes('a start file of the person’s', '$PERSON/.zshrc'),
  writes('a hook of the checkout', '$CHECKOUT/.git/hooks/post-merge'),
  writes('a file of another session', '$VICTIM_WORKTREE/src.txt'),
  writes('a file of the state directory', '$STATE/$MARK'),
];

export const READS_LOGIN: Payload = {
  name: 'reads the login of its own agent',
  run: 'env | grep -a "_API_KEY="',
  open: 'Codex has its login inside the sandbox',
};
