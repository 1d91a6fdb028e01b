import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Play, Step } from '../scripted-agent/script.ts';
import { TOKEN_REFRESH } from './issues.ts';

const CHANGES = fileURLToPath(new URL('changes', import.meta.url));

/** Steps that write every file of `changes/<name>`. */
function files(name: string): Step[] {
  const root = join(CHANGES, name);
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({
      do: 'write',
      path: relative(root, path),
      content: readFileSync(path, 'utf8'),
    }));
}

const finish = (message: string, summary: string): Step[] => [
  { do: 'test' },
  { do: 'commit', message },
  { do: 'done', summary, tests: 'node --test, all green' },
];

const exportButton: Play = {
  plan: 'A CSV function and a button beside it, shown by every report.',
  steps: [
    ...files('123'),
    ...finish('Export reports as CSV (#123)', 'Every report has a button that exports it as CSV.'),
  ],
  feedback: [
    [
      {
        do: 'replace',
        path: 'src/components/ExportButton.js',
        from: "label: 'Export',",
        to: "label: 'Export as CSV',",
      },
      {
        do: 'replace',
        path: 'src/components/ExportButton.js',
        from: 'encodeURIComponent(toCsv([columns, ...rows]))',
        to: "encodeURIComponent('\\ufeff' + toCsv([columns, ...rows]))",
      },
      { do: 'test' },
      { do: 'commit', message: 'Say what is exported, and begin it with a byte order mark (#123)' },
      { do: 'done', summary: 'Label and byte order mark, as asked.', reply: 'Changed as you say.' },
    ],
  ],
};

function authFlow([guidance = '']: readonly string[]): Play {
  const approach = /fixed/i.test(guidance) ? 'fixed' : 'sliding';
  const minutes = /(\d+)[- ]?min/i.exec(guidance)?.[1] ?? '15';
  const described =
    approach === 'fixed' ? 'fixed expiration' : `sliding expiration, ${minutes}-minute window`;
  return {
    plan: 'A function that decides, at each use, with which token a person goes on.',
    steps: [
      { do: 'read', path: 'src/auth/tokens.js' },
      { do: 'ask', ...TOKEN_REFRESH, options: [...TOKEN_REFRESH.options] },
      ...files(`124-${approach}`),
      ...(approach === 'fixed' ? [] : [windowOf(minutes)]),
      ...finish(`Refresh tokens in use (#124)`, `Tokens are refreshed in use: ${described}.`),
    ],
  };
}

const windowOf = (minutes: string): Step => ({
  do: 'replace',
  path: 'src/auth/session.js',
  from: 'REFRESH_WINDOW_MINUTES = 15',
  to: `REFRESH_WINDOW_MINUTES = ${minutes}`,
});

const darkMode: Play = {
  plan: 'A second set of colours in the theme, and a toggle.',
  steps: [
    ...files('125'),
    // It forgets to run the tests: that is what CI is for.
    {
      do: 'replace',
      path: 'src/components/ThemeToggle.js',
      from: "dark ? 'Light mode' : 'Dark mode'",
      to: "dark ? 'Dark mode' : 'Light mode'",
    },
    { do: 'commit', message: 'Add dark mode (#125)' },
    { do: 'done', summary: 'Dark mode follows the system; a toggle overrides it.' },
  ],
  feedback: [
    [
      {
        do: 'replace',
        path: 'src/components/ThemeToggle.js',
        from: "dark ? 'Dark mode' : 'Light mode'",
        to: "dark ? 'Light mode' : 'Dark mode'",
      },
      ...finish('Offer the other mode (#125)', 'The toggle offered the mode that was on already.'),
    ],
  ],
};

const refactoring: Play = {
  plan: 'Passwords in a file of their own; the service knows ways to log in, by name.',
  steps: [
    ...files('126'),
    ...finish('Take passwords out of the auth service (#126)', 'Ways to log in are told apart.'),
  ],
};

const singleSignOn: Play = {
  plan: 'Check the assertion in a file of its own, and add it to the ways to log in of #126.',
  steps: [
    ...files('127'),
    {
      do: 'replace',
      path: 'src/auth/service.js',
      from: "import { issueToken } from './tokens.js';",
      to: "import { verifiedName } from './sso.js';\nimport { issueToken } from './tokens.js';",
    },
    {
      do: 'replace',
      path: 'src/auth/service.js',
      from: ' : undefined;\n  },\n};',
      to: ' : undefined;\n  },\n  sso: (users, { assertion, key }) => users.get(verifiedName(assertion, key)),\n};',
    },
    ...finish('Log in by single sign-on (#127)', 'A signed assertion logs a known user in.'),
  ],
};

/** What the scripted agent does for the sample's issues. `answers` is the guidance given so far, oldest first. */
export const samplePlays = (answers: readonly string[]): Record<string, Play> => ({
  123: exportButton,
  124: authFlow(answers),
  125: darkMode,
  126: refactoring,
  127: singleSignOn,
});
