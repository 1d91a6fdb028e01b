import { oneLine } from '../../domain/shared/text.ts';
import { textOf } from './issue-text.ts';
import { isLabel } from './labels.ts';
import type { LikelyFile } from './likely-files.ts';
import type { Area, PlanningSettings } from './settings.ts';
import { NAMED } from './signals.ts';
import type { SurveyedIssue } from './survey.ts';

/** A likely file with at least this probability counts for an area. */
const SURE = 0.45;

/** The sensitive areas that an issue touches, each with the reason: `security (label security)`. */
export function sensitiveAreas(
  issue: SurveyedIssue,
  likely: readonly LikelyFile[],
  { areas }: PlanningSettings,
): string[] {
  const sentences = [issue.title, ...textOf(issue).prose.split(/\n+|(?<=[.!?])\s+|(?<=[。！？])/)];
  return Object.entries(areas).flatMap(([name, area]) => {
    const sign = signOf(area, issue.labels, sentences, likely);
    return sign === undefined ? [] : [`${name} (${sign})`];
  });
}

function signOf(
  area: Area,
  labels: readonly string[],
  sentences: readonly string[],
  likely: readonly LikelyFile[],
): string | undefined {
  const label = labels.find((name) => area.labels.some((wanted) => isLabel(name, wanted)));
  if (label !== undefined) return `label ${oneLine(label, 50)}`;
  const paths = area.paths.map((pattern) => new RegExp(pattern, 'i'));
  const isMeant = ({ path }: LikelyFile) => paths.some((one) => one.test(path));
  // A file that the issue names says more than its words. For example, a word like password in an issue about
  // a handbook is not a security change.
  const named = likely.filter(({ why, weight }) => why === NAMED && weight >= SURE);
  const changed = named.filter(({ path }) => !ABOUT.test(path));
  const sure = changed.find(isMeant);
  if (sure) return sure.path;
  if (named.length > 0 && changed.length === 0) return undefined;
  const not = area.unless.map((pattern) => new RegExp(pattern, 'i'));
  const meant = sentences
    .filter((sentence) => !not.some((pattern) => pattern.test(sentence.replace(FLAG, ''))))
    .join('\n');
  for (const pattern of area.text) {
    const word = new RegExp(pattern, 'im').exec(meant)?.[0];
    if (word) return `“${oneLine(word, 50)}”`;
  }
  return likely.find((file) => file.weight >= SURE && isMeant(file))?.path;
}

/** The name of a flag, such as `--style`. It is not a word of the sentence. */
const FLAG = /(?<![\w-])--?[a-z][\w-]*/gi;
/** Files that document the code, or define its appearance. */
const ABOUT =
  /(^|\/)(docs?|documentation|examples?|website)\/|(^|\/)readme(\.\w+)?$|\.(css|scss|less|svg|png)$/i;
