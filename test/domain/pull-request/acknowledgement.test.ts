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
  ...['-1', '👎', ':-1:', '-1 from me', '1', '+1 for a map'],
  ...['Bitte umbenennen, danke', '谢谢，但是请改名', 'No thanks', '+1, same here', '', 'Rename'],
])('%j is none', (text) => {
  expect(isAcknowledgement(text)).toBe(false);
});
