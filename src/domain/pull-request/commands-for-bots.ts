import { linesOutsideCode } from './lines-outside-code.ts';

/** Recognises comments that are commands for other programs, and not feedback for the agent. */

/** A word with a slash as the whole comment: only programs are spoken to like that. In a thread it may be an answer, such as a route. */
const SLASH_ALONE = /^\/(?!coppice)[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*$/i;

/** Commands of Prow, of bots like GitLab's, and of review bots. They begin with a slash, and may have arguments on their line. */
const SLASH = new RegExp(
  `^/(?:${[
    ...[
      'retest(?:-required)?',
      'test all',
      'lgtm',
      'approve',
      'hold',
      'unhold',
      'ok-to-test',
      'azp run',
    ],
    ...[
      'cc',
      'uncc',
      'assign',
      'unassign',
      'kind',
      'label',
      'area',
      'priority',
      'sig',
      'milestone',
    ],
    ...[
      'remove-[a-z]+',
      'override',
      'check-cla',
      'easycla',
      'rebase',
      'cherry-?pick',
      'backport',
      'merge',
    ],
    ...[
      'deploy',
      'run',
      'rerun',
      'build',
      'bench(?:mark)?',
      'test',
      'trigger',
      'preview',
      'packit',
    ],
    ...['gemini (?:review|summary|help)', 'review', 'improve', 'describe', 'update_changelog'],
  ].join(
    '|',
  )})(?: cancel|(?: [@\\w./:-]*[@/.:\\d-][@\\w./:-]*)+|(?<=/(?:kind|label|area|priority|sig|remove-[a-z]+)) [\\w-]+)?$`,
  'i',
);

/** A mention of a bot with one of its commands. */
const MENTION =
  /^@(?:coderabbitai|copilot|claude|cursor|codex|greptileai|sourcery-ai|dependabot|renovate(?:bot)?|mergify(?:io)?|bors|gemini-code-assist|restyled-io|pre-commit-ci)(?:\[bot\])?,?:? +(?:(?:please )?(?:full )?review(?: again| this| this pr)?|re-?review|resume|pause|resolve|summary|help|configuration|ignore|rebase|recreate|refresh|requeue|queue|update|autofix|run|(?:un)?approve|r[+-]|generate (?:docstrings|unit tests|configuration))[.!]?$/i;

const BORS = /^bors (?:r|try|retry|merge|ping|d|cancel|delegate)(?:[=+-]\S*)?$/i;

const RETEST =
  /^(?:recheck|retest this please|(?:jenkins|@\w[\w-]*),? (?:re)?test this(?: please)?)[.!]?$/i;

const COMMANDS = [SLASH, MENTION, BORS, RETEST];

const commands = (line: string): boolean => COMMANDS.some((pattern) => pattern.test(line.trim()));

/** Whether a comment only commands other programs, such as a merge bot or a reviewing bot. */
export function isForOtherBots(text: string, isInThread: boolean): boolean {
  if (text.trim() === '') return false;
  const said = withoutOtherCommands(text).trim();
  return said === '' || (!isInThread && SLASH_ALONE.test(said));
}

/** What a comment says besides lines that command other programs. A line after a colon is what the comment speaks of. */
export function withoutOtherCommands(text: string): string {
  const lines = text.split(/\r?\n/);
  const said = linesOutsideCode(lines);
  const isSpokenOf = (index: number) =>
    lines
      .slice(0, index)
      .findLast((line) => line.trim() !== '')
      ?.trimEnd()
      .endsWith(':') === true;
  const kept = lines.filter((line, index) => !(said[index] && commands(line)) || isSpokenOf(index));
  return kept.length === lines.length ? text : kept.join('\n').trim();
}
