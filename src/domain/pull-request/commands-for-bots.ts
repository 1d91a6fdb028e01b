/** Comments that command other programs: they are no words for the agent. */

/** Commands of Prow, GitLab-like bots and review bots that begin with a slash, with what may come after them on their line. */
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
    ...['gemini (?:review|summary|help)', 'review', 'improve', 'describe', 'update_changelog'],
  ].join(
    '|',
  )})(?: cancel|(?: [@\\w./:-]*[@/.:\\d-][@\\w./:-]*)+|(?<=/(?:kind|label|area|priority|sig|remove-[a-z]+)) [\\w-]+)?$`,
  'i',
);

/** A mention of a bot, and one of the commands that such bots know. */
const MENTION =
  /^@(?:coderabbitai|copilot|claude|cursor|codex|greptileai|sourcery-ai|dependabot|renovate(?:bot)?|mergify(?:io)?|bors|gemini-code-assist|restyled-io|pre-commit-ci)(?:\[bot\])?,?:? +(?:(?:please )?(?:full )?review(?: again| this| this pr)?|re-?review|resume|pause|resolve|summary|help|configuration|ignore|rebase|recreate|refresh|requeue|queue|update|autofix|run|(?:un)?approve|r[+-]|generate (?:docstrings|unit tests|configuration))[.!]?$/i;

const BORS = /^bors (?:r|try|retry|merge|ping|d|cancel|delegate)(?:[=+-]\S*)?$/i;

/** Whether each of its lines commands another program, such as a merge bot or a reviewing bot. */
export function isForOtherBots(text: string): boolean {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const commands = (line: string) => SLASH.test(line) || MENTION.test(line) || BORS.test(line);
  return lines.length > 0 && lines.every(commands);
}
