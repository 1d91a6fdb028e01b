/** Lines that a program printed, and that a person did not write. */
const PRINTED = [
  /^\s*at\s+(?:async\s+)?[\w$.<>[\]/\\ ]+\(.*:\d+(?::\d+)?\)\s*$/,
  /^\s*at\s+\S+:\d+(?::\d+)?\s*$/,
  /^\s*File "[^"]*", line \d+/,
  /^\s*Traceback \(most recent call last\)/,
  /^\s*(?:goroutine \d+ \[|panic: |thread '[^']*' panicked|Caused by: |\.\.\. \d+ more)/,
  /^\s*[\w.]+(?:Error|Exception|Panic): /,
  /^\s*\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d/,
  /^\s*\[?\d\d:\d\d:\d\d/,
  /^\s*(?:npm (?:ERR!|error|WARN|warn)|yarn (?:error|warning)|error\[E\d+\]|warning: |\+ \w+ v\d)/,
  /^\s*\[?(?:DEBUG|INFO|WARN(?:ING)?|ERROR|FATAL|TRACE)\b\]?[:\s]/,
  /^\s*(?:#\d+ )?0x[0-9a-f]{6,}\b/i,
  /^\s*\d+:\s+0x[0-9a-f]+/i,
];

/** Lines that describe a machine, such as `Node: v24.1.0` or `- OS: macOS 15`. */
const MACHINE =
  /^\s*[-*•]?\s*[*_]*(?:(?:node|npm|yarn|pnpm|bun|deno|python|pip|ruby|go|rust(?:c)?|cargo|java|jdk|php|dotnet|\.net|gcc|clang|cmake|docker|kernel|os|operating system|system|platform|arch(?:itecture)?|cpu|memory|ram|gpu|shell|terminal|browser|chrome|firefox|safari|edge|device|distribution|distro|editor|ide|vs ?code|(?:package |library |framework |app |\w+ )?versions?)(?: (?:version|name|info(?:rmation)?))?)[*_]*\s*[:=]\s*\S.{0,120}$/i;

/** Instructions of templates that people did not delete. */
const PROMPT =
  /^[\s*_>-]*(?:(?:\d+\. )?(?:a clear and concise description (?:of|about)\b.*|(?:if applicable,? )?(?:please )?add (?:screenshots|any other context)\b.*|please (?:complete|fill (?:in|out)|provide|include|describe|replace|delete|remove) (?:the|this|all|any|a|as|your)\b.*|steps to reproduce the (?:behaviou?r|problem|issue):?|go to ['‘].*|click on ['‘].*|scroll down to ['‘].*|see error|ex\. i'm always frustrated when.*|\[e\.g\..*\]))[\s*_.]*$/i;

export const isPrinted = (line: string): boolean =>
  PRINTED.some((pattern) => pattern.test(line)) || MACHINE.test(line);

/** A text without the lines that a program printed, a template asks with, or that describe a machine. */
export const withoutDumps = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !isPrinted(line) && !PROMPT.test(line))
    .join('\n')
    .trim();

/** A code block with more lines than this was not written by hand. */
const LONG = 60;

/** Whether a block of code is a log, a stack trace or a description of a machine. */
export function isDump(code: string): boolean {
  const lines = code.split('\n').filter((line) => line.trim() !== '');
  const printed = lines.filter(isPrinted).length;
  return lines.length > LONG || printed * 3 >= lines.length;
}

/** Whether a text under a heading such as "Environment" is a sentence of the author. */
export const isProse = (text: string): boolean =>
  /[.?!:]\s*$/.test(text) && (text.match(/\p{L}{2,}/gu)?.length ?? 0) >= 8;

const ENVIRONMENT =
  /^(?:(?:your |my |the )?(?:environment|system|machine|setup|versions?|device|desktop|smartphone|browsers?|operating system|platform)(?: (?:info(?:rmation)?|details?|setup|versions?))?|(?:relevant |full |error |server |debug |console |system )?(?:logs?|log output|output|stack ?traces?|tracebacks?|backtraces?|crash report|dumps?)|software versions?|package versions?|code of conduct|checklist before (?:submitting|posting)|pre-?flight checklist|is there an existing issue for this|umgebung|entorno|environnement|ambiente|環境|环境)\b[\s:?!.()/\w]{0,40}$/iu;

/** Whether a heading begins a section with output of a tool, or with data that a form asks for. */
export const isEnvironment = (heading: string): boolean => ENVIRONMENT.test(heading.trim());

/** Tasks of a template in which the author confirms something. They are not work to do. */
const FORMALITY =
  /^(?:I(?:['’](?:ve|m|d|ll))?\s+(?:have|agree|am|understand|confirm|would|will|want|could|can|did|searched|read|checked|verified|accept|acknowledge|know|think|use|'?m)\b|i['’](?:ve|m|d|ll)\s|(?:searched|checked|read)\s+(?:the|for|existing)|this is (?:not )?a\b|yes\b|no\b)/i;
export const isFormality = (task: string): boolean => FORMALITY.test(task);

/** Headings of common templates, which say nothing about a single issue. */
const TEMPLATE =
  /^[\W\d_]*(?:(?:please )?(?:describe|provide|explain|add|tell)\b.*|(?:bug |feature )?(?:description|summary|overview|report|request)|what (?:happened|did you (?:do|expect)|is the (?:current|expected)|version|is|are|actually).*|(?:steps )?to reproduce|steps|(?:how to )?repro(?:duc(?:e|tion|ible))?(?: (?:steps|code|link|example))?.*|minimal repro.*|(?:current|actual|expected|observed)(?: (?:behaviou?r|results?|output))?|expected vs\.? actual.*|(?:additional|more|further|other) (?:context|info(?:rmation)?|details?|notes?|comments?)|context|motivation|problem|(?:proposed |possible |suggested )?solutions?|alternatives?(?: (?:considered|you).*)?|describe alternatives.*|screenshots?.*|is your feature request.*|anything else.*|(?:acceptance )?criteria|done when|definition of done|tasks?|todo|notes?)[\s:?!.()]*$/i;
export const isTemplateHeading = (heading: string): boolean => TEMPLATE.test(heading.trim());
