/**
 * Sentences about how something looks or reads. What they name is not what changes, unless they mention harm.
 */
const COSMETIC =
  '^(?!.*\\b(cve|ghsa|inject|xss|leak|bypass|expos|plain ?text|vulnerab|hijack|unauthori[sz]ed)).*\\b(colou?rs?|typos?|misspel\\w*|misalign\\w*|align(ed|ment)?|padding|margins?|fonts?|icons?|wording|spelling|grammar|translations?|tooltips?|placeholders?|captions?|labels?|headings?|headers? (row|style)|sections?|columns? (is|are|width|header)|css|styl(e|ing)s?|layout|docs|documentation|readme|changelog|comments?|screenshots?)\\b';

/** Sensitive areas by default, and the words for changes in them. */
export const DEFAULT_AREAS = {
  security: {
    labels: ['security', 'vulnerability'],
    paths: ['\\b(auth|authn|authz|oauth|security|crypto|permissions?|acl|rbac)\\b'],
    text: [
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
      '\\b(session (fixation|hijacking)|open redirect|prototype pollution|timing attack|brute[ -]?force|two-factor|clickjacking)\\b',
      '\\b(tls|ssl|x\\.509|client|server|root) certificates?\\b|\\bcertificate (validation|verification|check)',
    ],
    unless: [COSMETIC],
  },
  performance: {
    labels: ['performance'],
    text: [
      '\\bperformance\\b',
      '\\blatency\\b',
      '\\bmemory leak',
      '\\bthroughput\\b',
      '\\bhot path\\b',
    ],
    unless: [COSMETIC],
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
    unless: [COSMETIC],
  },
  payments: {
    labels: ['payments', 'billing'],
    paths: ['\\b(payments?|billing|invoic\\w*)\\b'],
    text: ['\\bpayments?\\b', '\\bbilling\\b', '\\binvoic', '\\brefunds?\\b'],
    unless: [COSMETIC],
  },
  'public API': {
    labels: ['breaking', 'breaking-change', 'semver-major', 'deprecation'],
    text: [
      '\\bbreaking (api )?changes?\\b',
      '\\bdeprecat(e|es|ing|ions?)\\b',
      '\\b(remov(e|es|ing|al of)|delet(e|es|ing)|drop(s|ping)?|renam(e|es|ing)|chang(e|es|ing))\\b.{0,40}\\b(public|exported|deprecated)\\b',
      '\\bdrop(ping)? support for\\b',
    ],
    unless: [COSMETIC, '\\bdeprecat\\w* ?warnings?\\b'],
  },
  licence: {
    labels: ['license', 'licence', 'legal'],
    paths: ['(^|/)(licen[cs]es?|copying|notice)(\\.[a-z]+)?$'],
    text: [
      '\\brelicens',
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
  '\\b(thoughts|opinions|objections|ideas)\\s*\\?|\\bwhat do (you|people|others|we) (all )?think\\b|\\bwdyt\\b',
  '^\\W*RFC\\b(?! ?-?\\d)|\\bthis is an? RFC\\b|\\brequest for comments\\b(?! \\d)',
  '^\\W*(question|discussion|proposal for discussion)\\b\\s*[:\\]]',
  '\\b(open (for|to) (discussion|debate)|up for discussion|needs? (a |more |some )?(decision|discussion|consensus))\\b|\\b(looking|asking) for (feedback|opinions|input)\\b',
  "\\b(do not|don[’']?t|please do not) (\\w+ )?(implement|start|begin|code|work on|merge|build)\\b(?![^.\\n]*#\\d)[^.\\n]*\\b(yet|before|until|without)\\b",
  "\\b(before|until|once) we('ve| have)? (agreed?|decided?|discussed?)\\b|\\bundecided\\b|\\bnot (yet )?(decided|agreed)( yet| on)?\\b",
];
