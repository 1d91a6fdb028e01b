import { oneLine } from '../../domain/shared/text.ts';
import { textOf } from './issue-text.ts';
import { isLabel, kindOf } from './labels.ts';
import type { PlanningSettings } from './settings.ts';
import type { ClosingPullRequest, SurveyedIssue } from './survey.ts';

/** Whether an issue can be worked on, and why not. */
export interface Readiness {
  readonly state: 'ready' | 'needs discussion' | 'blocked';
  /** One line each; empty when ready. */
  readonly reasons: readonly string[];
  /** Remarks that do not prevent the issue from being run. */
  readonly notes: readonly string[];
}

export interface Circumstances {
  /** What the issue waits for outside the plan, as text. */
  readonly waitsFor: readonly string[];
  readonly closedBy: ClosingPullRequest | undefined;
  /** What an agent finds undecided, as text. */
  readonly doubts?: readonly string[];
  /** The person's login, if known. */
  readonly me: string | undefined;
}

export function readinessOf(
  issue: SurveyedIssue,
  { waitsFor, closedBy, doubts = [], me }: Circumstances,
  settings: PlanningSettings,
): Readiness {
  const { blocks, prose, code } = textOf(issue);
  const text = `${issue.title}\n${prose}`;
  const said = blocks.filter(({ kind }) => kind !== 'heading').map((block) => block.text);
  const others = issue.assignees.filter((login) => login.toLowerCase() !== me?.toLowerCase());
  const blocked = [
    ...waitsFor,
    ...labelled(issue, settings.blocked),
    ...(closedBy ? [`pull request #${closedBy.number} already closes it`] : []),
    ...(me !== undefined && others.length > 0 && others.length === issue.assignees.length
      ? [`assigned to ${others.map((login) => oneLine(login, 40)).join(', ')}`]
      : []),
  ];
  const hasCriteria = settings.criteria === 'ignore' || CRITERIA.test(text);
  const discuss = [
    ...labelled(issue, settings.discuss),
    ...tooLittle([...said, ...code].join(' '), settings.minimumText),
    ...(/[?？]\s*$/.test(issue.title)
      ? [`open question: “${oneLine(issue.title, 80)}”`]
      : openQuestion(text, settings.questions)),
    ...doubts,
    ...(!hasCriteria && settings.criteria === 'discuss' ? [NO_CRITERIA] : []),
  ];
  const notes = !hasCriteria && settings.criteria === 'note' ? [NO_CRITERIA] : [];
  if (blocked.length > 0) return { state: 'blocked', reasons: blocked, notes };
  if (discuss.length > 0) return { state: 'needs discussion', reasons: discuss, notes };
  return { state: 'ready', reasons: [], notes };
}

const NO_CRITERIA = 'no acceptance criteria';

/** Signs of acceptance criteria: a heading, a checklist, or common words. */
const CRITERIA =
  /^#+.*\b(acceptance|criteria|done when|definition of done|expected|requirements?)\b|^\s*[-*] \[[ x]\]|\b(acceptance criteria|done when|expected (behaviou?r|result))\b/im;

const GATHERS = /^\W*(?:epic|tracking(?: issue)?|meta(?: issue)?|umbrella(?: issue)?|roadmap)$/i;

/** Whether the title or a label says that an issue gathers others, such as an epic does. */
export const gathersOthers = ({
  title,
  labels,
}: Pick<SurveyedIssue, 'title' | 'labels'>): boolean =>
  labels.some((label) => GATHERS.test(kindOf(label))) ||
  /^\W*(?:epic|tracking issue|meta|umbrella|roadmap)\b(?=\s*[:\]–—-]|\s+for\b)/i.test(title);

const labelled = ({ labels }: SurveyedIssue, wanted: readonly string[]): string[] =>
  labels
    .filter((label) => wanted.some((name) => isLabel(label, name)))
    .map((label) => `label ${oneLine(label, 50)}`);

/** Scripts in which a character counts as three letters. */
const DENSE = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/gu;

function tooLittle(said: string, least: number): string[] {
  const length = said.trim().length;
  if (length + 2 * (said.match(DENSE)?.length ?? 0) >= least) return [];
  return [length === 0 ? 'no text' : `only ${length} characters of text`];
}

function openQuestion(text: string, patterns: readonly string[]): string[] {
  for (const pattern of patterns) {
    const found = new RegExp(pattern, 'im').exec(text);
    if (found) return [`open question: “${oneLine(lineAt(text, found.index), 80)}”`];
  }
  return [];
}

const lineAt = (text: string, index: number): string => {
  const end = text.indexOf('\n', index);
  return text.slice(text.lastIndexOf('\n', index - 1) + 1, end < 0 ? undefined : end);
};
