/** A marker by which `references.ts` replaces a list of references in a sentence. */
export const R = '⟦\\d+⟧';

/** The start of a word in most scripts. `\b` knows ASCII only. */
export const WORD = '(?<![\\p{L}\\p{N}_-])';
export const ISSUE =
  '(?:(?:the|issues?|bugs?|prs?|mrs?|pull requests?|tickets?|tasks?|stories|story|both|merg(?:e|ing)|finishing|landing|closing|fixing|completion|resolution|fix|changes?|work|of|in|from|by|on|that)[\\s:]+)*';
export const DONE =
  '(?:merged|done|fixed|closed|finished|landed|in|ready|released|completed?|resolved|implemented|available|shipped|lands?|merges|ships|goes in|over|through|deployed|solved|addressed|dealt\\s+with|out|there|sorted|settled|decided|accepted|approved|published|agreed|stable|exists?|taken\\s+care\\s+of)';
const HAPPENS = `(?:(?:is|are|has|have|gets?|been|both|all|fully|first|finally)\\s+)*${DONE}`;

/** Small words that may be between a verb and its reference. */
const SMALL =
  "(?:(?:also|still|only|first|additionally|currently|auch|noch|nur|erst|zuerst|zun[aä]chst|tambi[eé]n|adem[aá]s|solo|primero|tamb[eé]m|ainda|primeiro|aussi|[eé]galement|encore|d['’]abord)\\s+)*";

/** The beginning of a sentence about the issue itself, such as `this`, `it is` or `note that the task`. */
export const ABOUT_ITSELF =
  /^(?:(?:this|that|it|which|and|but|so|also|note|important|however|the|an?|issue|task|ticket|work|prs?|pull requests?|feature|changes?|story|bug|fix|implementation|refactoring|is|are|will|be|being|currently|still|now|only|directly|fully|completely|therefore|hence|because|since|actually|strictly|we|must|should)[\s,:.–—-]*)*$/i;

/** Makes the regular expression of a form. Small words may be before a reference that does not come first. */
export const form = (pattern: string): RegExp =>
  new RegExp(
    pattern.replaceAll(R, (_, at) => (at === 0 ? R : SMALL + R)),
    'giu',
  );

/** The issue comes after the reference. The reference directly follows the verb. */
export const TIGHT: readonly RegExp[] = [
  form(
    `${WORD}(?:depend(?:s|ent|ing)?[\\s-]+(?:[a-z]+ly\\s+)?${SMALL}(?:up)?on|rel(?:y|ies)\\s+${SMALL}on|block(?:ed|ing)(?:[\\s-]+(?:by|on)|(?=:))|on\\s+top\\s+of|build(?:s|ing)?\\s+(?:up)?on|stacked\\s+on(?:to)?|on\\s+hold\\s+(?:for|until)|held\\s+up\\s+by|gated\\s+(?:on|by)|contingent\\s+on|wait(?:s|ing)?\\s+(?:for|on)|requires?|needs?|preconditions?|predecessors?|prereqs?|prerequisites?(?!\\s+(?:of|for))|dependenc(?:y|ies)(?!\\s+of)(?:\\s+on)?)[\\s:]+${ISSUE}${R}`,
  ),
  // Forms in which the reference comes first.
  form(
    `${R}\\s+(?:must|has\\s+to|have\\s+to|needs?\\s+to|should|shall|is\\s+to|are\\s+to)\\s+(?:be\\s+)?(?:\\w+\\s+){1,2}(?:in\\s+)?(?:first|before\\s+(?:this|that|it|we|i|any)\\b)`,
  ),
  form(`${R}\\s+(?:comes\\s+|goes\\s+)?first(?=\\s*(?:[.,;:!)]|$|(?:and|then|please)\\b))`),
  form(
    `(?:^|[.:;,]\\s*)(?:first|zuerst|primero|primeiro|d['’]abord)[,:]?\\s+(?:(?:do|merge|land|fix|finish|implement|comes)\\s+)?${R}(?=\\s*(?:[.,;:!)]|$|(?:and|then)\\b))`,
  ),
  form(
    `(?:^|[,;:]\\s*|\\b(?:please|must|should|to|we|us)\\s+)(?:do|merge|land|fix|finish|implement|ship|release|complete|tackle)\\s+${R}\\s+before\\s+(?:this|that|it|we|starting)\\b`,
  ),
  form(`${R}\\s+(?:is|has|are)\\s+not\\s+(?:yet\\s+)?(?:been\\s+)?${DONE}(?=.{0,60}\\bwait\\b)`),
  form(
    `${R}\\s+(?:is|are)\\s+(?:an?\\s+|the\\s+)?(?:prerequisites?|precondition|blockers?|required|needed)\\b(?!\\s+(?:by|of|for\\s+(?:the|an?|⟦)))`,
  ),
  form(`${R}\\s+(?:blocks?|(?:is|are)\\s+blocking)(?:\\s+(?:this|it|us)\\b|\\s*$)`),
  // German
  form(
    `${WORD}(?:h[aä]ngt|abh[aä]ngig)\\s+(?:(?!nicht|kaum|nie)[\\p{L}-]+\\s+)?(?:ab\\s+)?von\\s+(?:dem\\s+|der\\s+)?${R}`,
  ),
  form(
    `${WORD}(?:(?:blockiert|aufgehalten)\\s+(?:durch|von|von\\s+der)|(?:wartet|warten)\\s+auf|baut\\s+auf|ben[oö]tigt|braucht|erfordert|setzt|voraussetzung(?:en)?:?|abh[aä]ngigkeit(?:en)?:?)\\s+(?:issue\\s+|ticket\\s+|pr\\s+|den\\s+|das\\s+|die\\s+)*${R}`,
  ),
  form(`${R}\\s+(?:muss|m[uü]ssen|soll(?:te)?)\\s+(?:zuerst|vorher|davor|erst)\\b`),
  // Spanish, Portuguese
  form(
    `${WORD}(?:depende[mn]?\\s+(?:del?|d[oa]s?|de\\s+l[ao]s?)|bloquead[oa]s?\\s+(?:por|pel[oa]s?)|requiere|requer|requiera|necesita|necessita(?:\\s+d[eoa])?|precisa(?:\\s+d[eoa])?|esperando(?:\\s+(?:a|por|el|pel[oa]))?|esperar?(?:\\s+(?:a|por|pel[oa]))?|aguarda(?:ndo)?(?:\\s+(?:o|a))?|requisitos?(?:\\s+previos?)?:?|dependencias?:?|depend[eê]ncias?:?)\\s+(?:(?:el|la|o|a|issue|pr|ticket|de|que)\\s+)*${R}`,
  ),
  form(
    `${R}\\s+(?:debe|tiene\\s+que|deve|tem\\s+que|precisa)\\s+[\\p{L}\\s]{2,30}(?:primero|antes|primeiro)\\b`,
  ),
  // French
  form(
    `${WORD}(?:d[eé]pend(?:ant)?\\s+(?:(?!pas|plus)[\\p{L}-]+\\s+)?(?:d[eu]|de\\s+la|de\\s+l['’])|bloqu[eé]e?s?\\s+par|n[eé]cessite|requiert|a\\s+besoin\\s+de|en\\s+attente\\s+de|attend(?:re)?|pr[eé]requis\\s*:?|d[eé]pendances?\\s*:?)\\s*(?:(?:le|la|ticket|issue|pr|que)\\s+)*${R}`,
  ),
  form(`${R}\\s+doit\\s+[\\p{L}\\s]{2,30}(?:d['’]abord|avant|en\\s+premier)`),
  // Japanese, Chinese
  form(`${R}\\s*(?:に|へ)\\s*依存(?!し(?:ない|ません|なく))`),
  form(`${R}\\s*(?:に|によって|により)\\s*ブロック`),
  form(`${R}\\s*(?:が|は)\\s*(?:必要|前提|先に)(?!(?:では|じゃ|は)?(?:ない|ありません))`),
  form(`${R}\\s*(?:を前提|待ち|を待)`),
  form(
    `${R}[^。⟦]{0,12}まで(?:は)?(?:待|保留|着手し?な|始め(?:ら)?(?:れ)?な|開始し?な|ブロック|できな)`,
  ),
  form(
    `${R}[^。，⟦]{0,6}(?:之)?前[，,]?\\s*(?:请|請|先)?(?:不要|不能|不可|无法|無法|别|請勿|请勿|勿)`,
  ),
  form(`(?:依赖于?|依賴於?|取决于|取決於)\\s*(?:于|於)?\\s*${R}`),
  form(`(?:被|受|由)\\s*${R}\\s*(?:所)?(?:阻塞|阻碍|阻礙|阻挡|阻擋|卡住|限制)`),
  form(
    `(?:需要|必须|必須)\\s*(?:先|等|等待|首先)?\\s*(?:完成|合并|合併|修复|修復|解决|解決)?\\s*${R}`,
  ),
  form(`(?:等待|等)\\s*${R}`),
];

/** The issue comes after the reference, with a noun in between: `needs the fix from #3`. */
export const LOOSE: readonly RegExp[] = [
  form(
    `${WORD}(?:depend(?:s|ent|ing)?\\s+(?:up)?on|rel(?:y|ies)\\s+on|blocked\\s+(?:by|on)|on\\s+top\\s+of|build(?:s|ing)?\\s+(?:up)?on|wait(?:s|ing)?\\s+(?:for|on)|requires?|needs?)\\s+(?:the|an?|its|our|some|what|those|these|new|all)\\s+(?:[\\p{L}\\p{N}_…'’-]+\\s+){1,7}(?:in|of|from|by|with)\\s+${ISSUE}${R}`,
  ),
];

/**
 * Something is after the reference. It is an order if something is to be done then, and none if something
 * happened.
 */
export const TEMPORAL: readonly RegExp[] = [
  form(`${WORD}(?:only\\s+)?after[\\s:]+${ISSUE}${R}(?:\\s+${HAPPENS})?`),
  form(
    `${WORD}(?:after|once)\\s+(?:the|our|that)\\s+(?:[\\p{L}\\p{N}_…'’-]+\\s+){1,6}(?:in|of|from|by)\\s+${ISSUE}${R}(?:\\s+${HAPPENS})?`,
  ),
  form(`${WORD}(?:once|as\\s+soon\\s+as|until)\\s+(?:we|you|i)\\s+have\\s+${ISSUE}${R}`),
  form(`${WORD}(?:once|when|as\\s+soon\\s+as|until|till)\\s+${ISSUE}${R}\\s+${HAPPENS}`),
  form(`${WORD}(?:nach|sobald|bis|nachdem)\\s+(?:dem\\s+|der\\s+|issue\\s+)*${R}`),
  form(
    `${WORD}wenn\\s+${R}(?=\\s+(?:[\\p{L}]+\\s+){0,2}(?:ge?merge?[dt]|fertig|erledigt|geschlossen|da|behoben|abgeschlossen)(?![\\p{L}]))`,
  ),
  form(
    `${WORD}(?:cuando|quando|quand|lorsque)\\s+(?:(?:el|la|o|a|issue|pr)\\s+)*${R}(?=\\s+(?:[\\p{L}]+\\s+){0,3}(?:fusion|merge|mescl|list|complet|conclu|termin|resuel|resol|cerr|fech|hech|pront|public|ferm|prêt))`,
  ),
  form(
    `${WORD}(?:despu[eé]s\\s+de(?:l|\\s+que)?|una\\s+vez\\s+(?:que|fusionad[oa])|tras|hasta\\s+que|depois\\s+d[eoa]|ap[oó]s|assim\\s+que|at[eé]\\s+que)\\s+(?:(?:el|la|o|a|issue|pr)\\s+)*${R}`,
  ),
  form(
    `${WORD}(?:apr[eè]s|une\\s+fois\\s+(?:que\\s+)?|d[eè]s\\s+que|jusqu['’][aà]\\s+(?:ce\\s+que)?)\\s*(?:(?:la|le|pr|fusion|de|du)\\s+)*${R}`,
  ),
  form(
    `${R}\\s*(?:の|が|を)?\\s*(?:(?:マージ|完了|修正|対応|リリース|解決|クローズ)(?:された|した|の)?)?の?(?:後|あと)`,
  ),
  form(
    `${R}\\s*(?:の|が|を)?\\s*(?:(?:マージ|完了|修正|対応|リリース|解決|クローズ)(?:さ?れ|し)|終わっ|入っ)(?:て|たら|る|次第)`,
  ),
  form(
    `(?:在|等)?\\s*${R}\\s*(?:被)?(?:合并|合併|完成|修复|修復|解决|解決|关闭|關閉|发布|發布)?\\s*(?:之后|之後|以后|以後|后|後)(?![悔来來续續面端台])`,
  ),
];

/** Something lasts until the reference. It is an order if work waits until then. */
export const UNTIL: readonly RegExp[] = [
  form(
    `${WORD}(?:until|till|before)\\s+(?:(?:the|our|that|those)\\s+(?:[\\p{L}\\p{N}_…'’-]+\\s+){1,6}(?:in|of|from|by)\\s+)?${ISSUE}${R}(?:\\s+${HAPPENS})?`,
  ),
  form(`${WORD}(?:bis|bevor|vor)\\s+${R}`),
  form(
    `${WORD}(?:hasta(?:\\s+que)?|at[eé](?:\\s+que)?|antes\\s+(?:d[eoa]l?|que)|jusqu['’][aà](?:\\s+ce\\s+que)?|avant(?:\\s+que)?)\\s+(?:(?:el|la|le|os?|a|issue|pr|que)\\s+)*${R}`,
  ),
];
/** The same in other languages. In English, "no" before "until" does not delay work. */
export const HELD_BACK_ABROAD =
  /(?<![\p{L}])(?:no|n[aã]o|ne|n['’]\p{L}+|pas|nunca|jamais|esper\p{L}+|aguard\p{L}+|attend\p{L}+|paus\p{L}+|bloque\p{L}+)(?![\p{L}])/iu;
export const HELD_BACK =
  /\b(?:not|don['’]?t|cannot|can['’]t|shouldn['’]t|mustn['’]t|never|wait|hold|blocked|postponed?|paused?|parked|defer(?:red)?|on hold|stuck|nicht|erst|kein)\b/i;

/** The reference comes after this issue. */
export const BLOCKING: readonly RegExp[] = [
  form(
    `${WORD}(?:(?<!\\b(?:building|code|content|text|all|more|some|the|these|those)\\s)(?:un)?blocks|(?:is|are|currently)\\s+blocking|block(?:er|ing)\\s+(?:of|for)|(?:required|needed)\\s+(?:by|for)|prerequisites?\\s+(?:of|for)|dependency\\s+of|(?:must|has\\s+to|needs\\s+to)\\s+(?:land|go\\s+in|be\\s+(?:done|merged|finished|fixed|released))\\s+before)[\\s:]+${ISSUE}${R}`,
  ),
  form(
    `${R}\\s+(?:depends?\\s+(?:up)?on|rel(?:y|ies)\\s+on|(?:is|are)\\s+(?:blocked|waiting)\\s+(?:by|on|for)|needs?|requires?|waits?\\s+(?:for|on)|builds?\\s+(?:up)?on|comes?\\s+after|(?:can|must|should|has\\s+to)\\s+(?:only\\s+)?(?:(?:start|come|follow)\\s+after|wait\\s+(?:for|on)))\\s+(?:this|it)\\b(?!\\s+(?:feature|library|setting|option|kind|way|file|page))`,
  ),
  form(
    `(?:^|[,;:]\\s*|\\b(?:please|must|should|to|we)\\s+)(?:do|merge|land|fix|finish|implement|ship|release|complete|tackle|start)\\s+(?:this|it)(?:\\s+(?:issue|one|first))?\\s+before\\s+(?:(?:we|you)\\s+)?(?:(?:start|begin|do)\\s+)?${ISSUE}${R}`,
  ),
  form(
    `${WORD}(?:blockiert|voraussetzung\\s+f[uü]r|ben[oö]tigt\\s+f[uü]r|vor)\\s+(?:issue\\s+)?${R}`,
  ),
  form(
    `${R}\\s+(?:h[aä]ngt\\s+(?:davon|hiervon)|depende\\s+de\\s+est[eao]|d[eé]pend\\s+de\\s+(?:ceci|cela|ce(?:lle)?|cette)|depende\\s+d(?:isso|est[ae]))`,
  ),
  form(
    `${WORD}(?:bloquea(?:\\s+a)?|bloqueia(?:\\s+[oa])?|bloque|antes\\s+d[eoa]l?|avant(?:\\s+de)?)\\s+(?:(?:el|la|le|issue)\\s+)*${R}`,
  ),
  form(`${R}\\s*(?:を|が)\\s*ブロック(?:し|す|中)`),
  form(`${R}\\s*は\\s*(?:これ|この|本)[\\p{L}]{0,8}に依存`),
  form(`${R}\\s*の前に`),
  form(`(?<!被)(?:阻塞|阻碍|阻擋|阻挡)(?:了|着)?\\s*${R}`),
  form(`${R}\\s*(?:依赖于?|依賴於?)\\s*(?:此|本|这|這|该|該)`),
  form(`(?:在|先于)?\\s*${R}\\s*之前`),
];

/** Forms that may mean an order. A person is asked about them. */
export const DOUBTFUL: readonly RegExp[] = [
  form(
    `${WORD}(?:follow[\\s-]?up\\s+(?:to|of|for|on|from)|follows|based\\s+(?:up)?on|(?:easier|better|best|cleaner|simpler|nicer?)\\s+(?:after|once|when|with|on\\s+top\\s+of)|extends|continu(?:es|ation\\s+of)|duplicates?(?:\\s+of)?|supersedes|in\\s+conflict\\s+with|conflicts\\s+with)[\\s:]+${ISSUE}${R}`,
  ),
  form(
    `${WORD}(?:basiert\\s+auf|duplikat\\s+von|basad[oa]\\s+e[nm]|bas[eé]e?\\s+sur|duplicad[oa]\\s+d[eoa]|doublon\\s+d[eu])\\s+${R}`,
  ),
  form(`(?:基于|基於)\\s*${R}`),
  form(`${R}\\s*(?:を|に)\\s*(?:ベース|基づ|もと)`),
];

export const HEDGED =
  /(?<![\p{L}])(?:might|may|could|probably|trivial|simpler|cleaner|nicer|nice to have|maybe|perhaps|possibly|likely|would(?! (?:rather|prefer|like|love))|ideally|easier|seems?|potentially|presumably|guess|unclear|not sure|i think|partly|partially|somewhat|vielleicht|eventuell|m[oö]glicherweise|k[oö]nnte|wahrscheinlich|w[aä]re|w[uü]rde|quiz[aá]s?|tal vez|podr[ií]a|probablemente|peut-[eê]tre|pourrait|probablement|talvez|poderia|provavelmente)(?![\p{L}])|かもしれ|たぶん|おそらく|多分|可能|也许|也許|或许|或許|大概/iu;
export const CONDITIONAL =
  /(?<![\p{L}])(?:if|unless|in case|assuming|whether|otherwise|were to|falls|si|se|sauf|如果|もし)(?![\p{L}])|如果|もし/iu;
export const PAST =
  /(?<![\p{L}])(?:was|were|used to|had|did|previously|formerly|originally|until recently|war|wurde|hing|era|estaba|dependía|était|estava|foi)(?![\p{L}])|でした|していた|曾经|之前是/iu;
/** A reason or a consequence at the end of a sentence. It does not make the rest doubtful. */
export const REASON =
  /(?<![\p{L}])(?:because|since|or else|otherwise|so that|which|whose|weil|denn|sonst|porque|ya que|si no|parce que|car|sinon|pois|sen[aã]o)(?![\p{L}]).*$|,\s*(?:as|so|da)\s.*$/iu;
/** A negation directly before the verb. */
export const NEGATED =
  /(?:\b(?:not|no longer|never|nor|without|nothing|none|neither|instead of|rather than|isn['’]t|doesn['’]t|don['’]t|aren['’]t|needn['’]t|won['’]t|wasn['’]t|independent(?:ly)? (?:of|from)|nicht(?: mehr)?|kein\w*|no|ya no|ne|n['’]\w*|n[aã]o)\s+(?:[\p{L}]+\s+){0,3}|(?:不再?|没有|沒有|無|无需|不需要)\s*[\p{L}]{0,2})$/iu;
export const NEGATED_AFTER =
  /^\s*(?:(?:ab\s+)?nicht\b|(?:して|され)?い?(?:ない|ません)|し(?:ない|ません)|pas\b|(?:any\s?more|no longer)\b)/iu;
export const TAKEN_BACK =
  /^(?:\s+(?:to\s+be|being|is|was|gets?))?\s+(?:revert|roll|undo|backed out)|\b(?:which|that|it|and)\s+(?:is|was|are|has been|have been|got)\s+(?:already\s+|now\s+|since\s+|meanwhile\s+)?(?:fixed|merged|closed|done|resolved|landed|released)/i;
/** Words for something that happens or happened, and is not work to do. */
export const HAPPENED =
  /(?<![\p{L}])(?:appear(?:s|ed)?|broke|breaks|broken|regress(?:ed|ion)?|started|began|stopped|happen(?:s|ed)?|occur(?:s|red)?|fail(?:s|ed)?|crash(?:es|ed)|introduced|noticed|seen|saw|got|gets|became|becomes|since|same|still|throws?|threw|worked|works|shows?|went|get|see|changed|hangs?|slower|gone|goes away|disappears?|obsolete|lost|loses|no longer|passierte|func?iona\p{L}*|fonctionn\p{L}*|marchait|tritt|trat|seit|funktioniert\w*|kaputt|falla|falló|apareció|aparece|apareceu|apparaît|apparue?|cassé|plante|quebrou|falha)(?![\p{L}])|発生|エラーに|出现|崩溃|报错/iu;
/** Words for work that is to be done or may begin. */
export const TO_DO =
  /^[\s*•-]*$|^[\p{L} ]{2,20}:$|^(?:please\s+|then\s+)?(?:add|allow|begin|build|can|change|clean|create|do|document|drop|enable|extend|fix|implement|improve|introduce|land|let|make|merge|migrate|move|only|pick|port|postpone|refactor|release|remove|rename|replace|rework|rewrite|schedule|ship|show|split|start|support|switch|tackle|to|update|use|wait|work|write)\b|\b(?:can|should|must|will|shall|may|needs? to|has to|have to|to be|only|start|wait|blocked|hold|planned|postponed|let['’]?s|not before|we|ready|possible|next|come|comes|go|goes|do|done|erst|kann|soll|muss|starten|beginnen|empezar|puede|hacer|commencer|peut|faire|pode|come[cç]ar|fazer|implement\w*|start\w*|esper\w*|attend\w*)\b/iu;

/** A line before a list of what an issue depends on, or of what depends on it. */
export const OPENS_OWN =
  /^[\s#*_-]*(?:depend(?:s|ent|ing)?\s+(?:up)?on|block(?:ed|ing)\s+(?:by|on)|on\s+top\s+of|stacked\s+on|waiting\s+(?:for|on)|prerequisites?|predecessors?|pending|dependenc(?:y|ies)|requires|h[aä]ngt\s+ab\s+von|abh[aä]ngig\s+von|abh[aä]ngigkeiten|blockiert\s+(?:von|durch)|voraussetzungen|depende\s+d[eoa]|dependencias|depend[eê]ncias|bloquead[oa]\s+por|d[eé]pend\s+de|d[eé]pendances|bloqu[eé]e?\s+par|依存(?:関係|先)?|依赖(?:关系|项)?|前提)[\s:：*_]*$/iu;
export const OPENS_BLOCKED =
  /^[\s#*_-]*(?:blocks|blocking|required by|needed by|unblocks|blockiert|bloquea|bloqueia|bloque)[\s:：*_]*$/iu;
/** A heading of a list of related issues, which sets no order. */
export const OPENS_RELATED =
  /\b(?:related|see also|duplicates?|out of scope|non-goals|follow-?ups?|later|future|similar|references|links)\b/i;
