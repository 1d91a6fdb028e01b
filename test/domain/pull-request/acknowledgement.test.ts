import { expect, test } from 'vitest';
import { isAcknowledgement } from '../../../src/domain/pull-request/acknowledgement.ts';

test.each([
  ...[
    'Great, thanks!',
    '👍',
    'Nice work.',
    'Thank you so much @person!',
    'LGTM 🚀',
    ':tada:',
    '+1',
    '+1 from me',
    '+1!',
  ],
  ...['Looks good to me', 'ok', 'Perfect, ship it', 'Good catch, makes sense.', 'Merci !'],
  ...[
    'Thanks for the quick fix!',
    'Thanks, that works',
    'LGTM, merging once green',
    'It works now!',
  ],
  ...['Perfect, that is what I meant', 'Great, that’s exactly what I meant!', 'Thanks, merging'],
  ...[
    '> Renamed it.\n\nThanks!',
    'Thanks a lot!\n\nOn Mon, Dec 1, 2026 at 9:00 AM coppice <\nnotifications@github.com> wrote:\n\n> Renamed it.\n',
  ],
  ...['Thanks for the fix', 'Vielen Dank!', '谢谢！', 'ありがとうございます', 'Спасибо!'],
])('%j is a courtesy', (text) => {
  expect(isAcknowledgement(text)).toBe(true);
});

test.each([
  ...[
    'Great, thanks! Please rename it',
    'Nice, but the test is missing',
    'Good?',
    'Thanks, see #12',
  ],
  ...[
    'ok to remove the cache',
    'Not good',
    '`thanks`',
    '> Great\n\nWhy?',
    '![great](https://a.b/c)',
  ],
  ...['❌', '🚫', '🛑', '⛔', ':x:', '👎🏽', '🙅‍♂️', 'Again!', 'Now', 'you all', '> Renamed it.'],
  ...['> I could rename b, too\n\nSounds good', '> Shall I rename b?\n\nThanks!'],
  ...['Thanks, that works only once', 'Merge main, please', 'It works in a.ts'],
  ...['-1', '👎', ':-1:', '-1 from me', '1', '+1 for a map'],
  ...['Bitte umbenennen, danke', '谢谢，但是请改名', 'No thanks', '+1, same here', '', 'Rename'],
])('%j is none', (text) => {
  expect(isAcknowledgement(text)).toBe(false);
});
