/** Words for people who do harm, and for the harm itself, whatever causes it. */
const HARM = [
  '\\battackers?\\b|\\bmalicious\\w*|\\b(un|not )trusted\\b|\\bexploit(s|ed|able|ation|ing)?\\b|\\bhijack\\w*|\\bimpersonat\\w*|\\bspoof\\w*|\\bexfiltrat\\w*',
  '\\barbitrary (code|commands?|shell|files?)\\b|\\b(read|run|execute|overwrite)s? any (code|commands?|files?)\\b|\\b(remote|code|command) execution\\b|\\bdenial[ -]of[ -]service\\b|\\bd?dos (attack|vector)|\\bcatastrophic backtracking\\b',
  '\\bmalware\\b|\\b(single|one) (request|message|client|packet|file)\\b.{0,60}\\b(memory|crash\\w*|hangs?|blocks?)\\b|\\bcompromised\\b|\\b(without|missing|no) (an? |the )?(checksum|signature)s?\\b|\\bother users?\\b.{0,30}\\b(can|could|may) (read|connect|access|write|open|see)\\b|\\bwrong permissions\\b|\\b(take|bring|takes|brings) (down|the \\w+ down)\\b|\\bexhausts? (the |all )?(memory|disk|connections)\\b',
  '\\bworld[ -](readable|writ(e)?able)\\b|\\b(readable|writ(e)?able|visible) (by|to) (every|any|all|other)\\w*',
  '\\b(out|outside) of (the|its) [\\w ]{0,20}(directory|folder|root|sandbox)\\b',
  '\\b(leaks|leaked|leaking|expos\\w+|disclos\\w+) .{0,40}\\b(tokens?|keys?|cookies?|data)\\b',
  '\\b(personal|sensitive|confidential) (data|information|fields?|values?)\\b',
];

/**
 * Sentences about how something looks or reads. What they name is not what changes, unless they mention harm.
 */
const HARMLESS =
  '^(?!.*\\b(cve|ghsa|inject|xss|leak|bypass|expos|plain ?text|vulnerab|hijack|spoof|attack|malicious|arbitrary|unauthori[sz]ed)).*';
const COSMETIC = [
  `${HARMLESS}\\b(colou?rs?|misalign\\w*|align(ed|ment)?|padding|margins?|borders?|backgrounds?|contrast|dark (mode|theme)|fonts?|icons?|tooltips?|placeholders?|captions?|labels?|columns? (is|are|width|header)|headers? (row|style)|css|styl(e|ing)s?|layout)\\b`,
  `${HARMLESS}\\b(typos?|misspel\\w*|wording|spelling|grammar|translations?|headings?|sections?|docs|documentation|readme|changelog|comments?|screenshots?)\\b`,
];

/** Sensitive areas by default, and the words for changes in them. */
export const DEFAULT_AREAS = {
  security: {
    labels: ['security', 'vulnerability'],
    paths: ['\\b(auth|authn|authz|oauth|security|crypto|permissions?|acl|rbac)\\b'],
    text: [
      ...HARM,
      '\\bsecur(e|ity)\\b',
      '\\bvulnerab\\w*',
      '\\b(cve|ghsa)\\b',
      '\\bpasswords?\\b',
      '\\bcredentials?\\b',
      '\\b(en|de)crypt',
      '\\b(xss|csrf|xsrf|ssrf|xxe|idor|rce|redos|sso|saml|oauth2?|oidc|jwts?|jwks?|mfa|2fa|totp|webauthn|passkeys?|m?tls|ssl|hmac|rbac|hsts)\\b',
      '(?<!\\b(dependency|constructor|service|property|fault) )\\binject(ions?|ed into)\\b',
      '\\b(path|directory|file) ?traversal\\b|\\bzip[ -]?slip\\b',
      '\\b(un)?authori[sz](ation|ed?|es|ing)\\b|\\bauthenticat\\w+',
      '\\baccess control\\b|\\bprivileges?\\b|\\bpermission checks?\\b',
      '\\brevo(ke[sd]?|king|cation)\\b',
      '\\btrust(ed)? prox(y|ies)\\b|\\bx-forwarded-\\w+',
      '\\b(secrets?|(api|private|signing) keys?|(access|refresh|bearer|session|auth|api) tokens?)\\b',
      '\\bsigned (urls?|cookies?|tokens?|requests?|payloads?|commits?|releases?)\\b|\\bverif\\w+ (the |a |its )?signatures?\\b',
      'Sicherheitsl[uü]cke|Passw[oö]rt|\\bcontraseñas?|\\bmots? de passe|\\bsenhas?\\b|vulnerabilidad|vulnérabilité|パスワード|脆弱性|密码|漏洞',
      '\\b(session (fixation|hijacking)|open redirect|prototype pollution|timing attack|brute[ -]?force|two-factor|clickjacking)\\b',
      '\\b(tls|ssl|x\\.509|client|server|root) certificates?\\b|\\bcertificate (validation|verification|check)',
    ],
    unless: COSMETIC,
  },
  performance: {
    labels: ['performance', 'perf'],
    text: [
      '\\bperformance\\b',
      '\\blatency\\b',
      '\\bmemory leak',
      '\\bthroughput\\b',
      '\\bhot path\\b',
      '\\bbottlenecks?\\b|\\bquadratic\\b|\\bflame ?graphs?\\b',
      '\\bcpu (time|usage|load)\\b|\\b(memory|ram) (usage|use|consumption|footprint|grows?|growth)\\b',
      '\\b(takes?|took|spends?|costs?) (about |over |up to |more than )?\\d[\\d.,]* ?(ms|s|secs?|seconds?|min|minutes?|hours?)\\b',
      '\\bfrom \\d[\\d.,]* ?(ms|s|secs?|seconds?|min|minutes?|[kmg]i?b) to \\d',
    ],
    unless: COSMETIC,
  },
  migrations: {
    labels: ['migration', 'database'],
    paths: ['\\bmigrations?/'],
    text: [
      '\\b(data|schema|database) migrations?\\b',
      '\\bbackfill',
      '\\bmigrat(e|ing) (all |the |existing |old )*(data|database|schema|tables?|records?|rows|users|accounts)\\b',
      '\\b(alter table|schema change)\\b|\\b(add|drop|remove|rename) (a |an |the |\\w+ )*column\\b.*\\b(table|database|schema)\\b',
    ],
    unless: COSMETIC,
  },
  payments: {
    labels: ['payments', 'billing'],
    paths: ['\\b(payments?|billing|invoic\\w*)\\b'],
    text: ['\\bpayments?\\b', '\\bbilling\\b', '\\binvoic', '\\brefunds?\\b'],
    unless: COSMETIC,
  },
  'public API': {
    labels: ['breaking', 'breaking-change', 'semver-major', 'deprecation'],
    text: [
      '\\bbreaking (api )?changes?\\b',
      '\\bdeprecat(e|es|ing|ions?)\\b',
      '\\b(remov(e|es|ing|al of)|delet(e|es|ing)|drop(s|ping)?|renam(e|es|ing)|chang(e|es|ing))\\b.{0,40}\\b(public|exported|deprecated)\\b',
      '\\bdrop(ping)? support for\\b',
      '\\b(remov(e|es|ing)|delet(e|es|ing)|drop(s|ping)?|renam(e|es|ing)) (\\S+ ){0,3}(flags?|options?|parameters?|arguments?|switch(es)?|config(uration)? keys?|(environment|env) var(iable)?s?|endpoints?|exports?|subcommands?)\\b',
      '\\bdeprecated\\b.{0,80}\\b(go(es)? away|gone|remov(e|es|ed|ing|al)|delet(e|es|ed|ing)|drop(s|ped|ping)?)\\b',
      '\\b(stays?|remains?|kept|keep(s|ing)?|mark(s|ed|ing)?) .{0,30}\\bdeprecated\\b',
    ],
    unless: [...COSMETIC, '\\bdeprecat\\w* ?(warning|message|notice|hint)s?\\b'],
  },
  licence: {
    labels: ['license', 'licence', 'legal'],
    paths: [
      '(^|/)(licen[cs]es?|copying|copyright|notice)([-_.](mit|apache|bsd|[al]?gpl|mpl|isc|third[-_]party|\\d)[\\w.-]*)?(\\.[a-z]+)?$',
    ],
    text: [
      '\\brelicens|\\bcopyright (notice|file|holder|header|line)s?\\b|\\blicen[cs]e (notices?|identifiers?|fields?|expressions?|classifiers?)\\b',
      '\\b(chang\\w+|replac\\w+|add\\w*|updat\\w+|switch\\w*) (the |our |an? |its )*(\\w+ )?licen[cs]e (file|headers?|text|to)\\b|\\b(chang\\w+|replac\\w+|switch\\w*) (the |our )licen[cs]e\\b',
    ],
  },
};

/** Patterns that show that an issue is not decided yet. */
export const DEFAULT_QUESTIONS = [
  '^#+ *(open|unresolved|outstanding) (questions?|issues|points)\\b',
  '^(?!.*\\b(date|release|eta|version|deadline|milestone|due|schedule|time)\\b).*\\b(TBD|to be (decided|discussed|determined|agreed))\\b',
  '\\b(should|shall) we\\b(?! (really|have to|need to|always|all|not))[^.?\\n]*\\?',
  '\\bcould we\\b[^.?\\n]*\\bor\\b[^.?\\n]*\\?',
  '\\bnot sure (if|how|whether|what)\\b (we|to|this should|it should|that should|the (right|best))\\b(?! (reproduc|describ|explain|report))',
  '\\b(thoughts|opinions|objections|ideas)\\s*\\?|\\bwhat do (you|people|others|we) (all )?think\\b|\\bwdyt\\b|\\bwhat([’\\u0027]s| is) your (take|opinion|view)\\b|\\bis there (any )?interest in\\b',
  '^\\W*RFC\\b(?! ?-?\\d)|\\bthis is an? RFC\\b|\\brequest for comments\\b(?! \\d)',
  '^\\W*(question|discussion|proposal for discussion)\\b\\s*[:\\]]',
  '\\b(open (for|to) (discussion|debate)|up for discussion|needs? (a |more |some )?(decision|discussion|consensus))\\b|\\b(looking|asking) for (feedback|opinions|input)\\b',
  '\\b(hear|collect|gather|get) (\\w+ ){0,2}(opinions|thoughts|feedback|views)\\b|\\b(if|whether) (this|that|it) (belongs here|is (in scope|wanted|welcome)|would be (wanted|welcome|accepted))\\b',
  '\\bbefore (\\w+ )?(open(s|ing)?|writ(es?|ing)|send(s|ing)?) (a |an |the |any )?(\\w+ )?(pr|pull request|patch|code)\\b',
  "\\b(do not|don[’']?t|please do not) (\\w+ )?(implement|start|begin|code|work on|merge|build)\\b(?![^.\\n]*#\\d)[^.\\n]*\\b(yet|before|until|without)\\b",
  "\\b(before|until|once) we('ve| have)? (agreed?|decided?|discussed?)\\b|\\bundecided\\b|\\bnot (yet )?(decided|agreed)( yet| on)?\\b",
];
