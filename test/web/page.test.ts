import axe from 'axe-core';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { Board } from '../../src/client/types.ts';
import { board, run, session } from '../cli/records.ts';
import { closeBrowser, openPage } from '../support/browser.ts';
import { openSite, type Site } from './site.ts';

const QUESTION = {
  decision: 'Token refresh approach',
  options: ['sliding expiration', 'fixed expiration'],
  context: 'Tokens expire after 1 hour. <img src=x onerror=alert(1)>',
};

const stuck = (changes: Partial<Parameters<typeof session>[1]> = {}) =>
  session(124, {
    ...{ issueTitle: 'Implement auth flow', status: 'stuck', stuckReason: QUESTION.decision },
    ...{ activity: 'waits for guidance', asksFor: 'guidance', ...changes },
  });

closeBrowser();

/** For what a browser does on a busy machine. */
const SOON = { timeout: 60_000 };

describe.skipIf(openPage === undefined)('in a browser', () => {
  const open = (site: Pick<Site, 'link'>, options?: BrowserContextOptions): Promise<Page> => {
    if (!openPage) throw new Error('there is no browser');
    return openPage(site.link, options);
  };

  test('a question is seen on top and answered by one of its options', async () => {
    const site = await openSite({ board: board([stuck(), session(125)]), question: QUESTION });
    const page = await open(site);
    await expect.poll(() => page.url(), SOON).toBe(`${site.origin}/`);
    const waiting = page.getByRole('region', { name: 'Waits for you' });
    await waiting.getByRole('button', { name: '#124 needs your answer: Token refresh' }).click();
    const dialog = page.getByRole('dialog', { name: '#124 Implement auth flow' });
    // What an agent says is text, whatever it looks like.
    await dialog.getByText('<img src=x onerror=alert(1)>').waitFor();
    await dialog.getByRole('button', { name: 'sliding expiration' }).click();
    await expect
      .poll(() => site.asked, SOON)
      .toEqual([
        ['guide', 124, expect.objectContaining({ option: 1, about: 'Token refresh approach' })],
      ]);
    site.show(board([stuck({ status: 'working', stuckReason: null }), session(125)]));
    await waiting.waitFor({ state: 'detached' });
    await page.getByRole('region', { name: 'Working' }).getByText('#124').waitFor();
  });

  test('words of the person’s own are an answer too, and a refusal is shown where they were sent', async () => {
    let refuses = true;
    const site = await openSite({
      ...{ board: board([stuck()]), question: QUESTION },
      guide: () => {
        if (refuses) throw new Error('nobody listens');
      },
    });
    const page = await open(site);
    await page.getByRole('button', { name: '#124 needs' }).click();
    await page.getByLabel('Your answer').fill('Use 15 minutes');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByRole('alert').getByText('nobody listens').waitFor();
    expect(await page.getByLabel('Your answer').inputValue()).toBe('Use 15 minutes');
    refuses = false;
    await page.getByRole('button', { name: 'Send' }).click();
    await expect.poll(() => page.getByLabel('Your answer').inputValue(), SOON).toBe('');
    expect(site.asked).toEqual([
      ['guide', 124, expect.objectContaining({ text: 'Use 15 minutes' })],
    ]);
  });

  test('a plan is read and approved, a session is cancelled after a question, an issue is put first', async () => {
    const runs = [run('night', [127], { titles: { 127: 'Add login' } })];
    const site = await openSite({
      ...{ board: board([stuck({ asksFor: 'approval' })], { runs }), plan: 'First the tokens.' },
      question: {
        decision: 'Approve the plan?',
        options: [
          { label: 'approve it', effect: 'approve' },
          { label: 'say what to change', effect: 'say' },
        ],
        asksFor: 'approval',
      },
    });
    const page = await open(site);
    await page.getByRole('button', { name: 'Put #127 first' }).click();
    await page.getByRole('button', { name: 'Pause run' }).click();
    await page.getByRole('button', { name: '#124 needs' }).click();
    await page.getByText('First the tokens.').waitFor();
    await page.getByRole('button', { name: 'approve it' }).click();
    expect(await page.getByRole('button', { name: 'say what to change' }).count()).toBe(0);
    page.once('dialog', (question) => question.accept());
    await page.getByRole('button', { name: 'Cancel session' }).click();
    await expect.poll(() => site.asked.length, SOON).toBe(4);
    expect(site.asked).toEqual([
      ['amend', 'night', { do: 'reorder', first: [127] }],
      ['amend', 'night', { do: 'pause' }],
      ['guide', 124, expect.objectContaining({ option: 1, about: 'Approve the plan?' })],
      ['cancel', 124],
    ]);
  });

  test('a browser that is not logged in is told what to do', async () => {
    const site = await openSite({ board: board([stuck()]) });
    const page = await open({ ...site, link: site.origin });
    await page.getByText('This browser is not logged in: run `coppice board`.').waitFor();
    expect(await page.getByText('#124').count()).toBe(0);
  });

  test.for<[string, number, 'light' | 'dark']>([
    ['a phone', 390, 'light'],
    ['a phone at night', 390, 'dark'],
    ['a desk', 1440, 'light'],
    ['a desk at night', 1440, 'dark'],
  ])('axe finds nothing to mend on %s', async ([, width, colorScheme]) => {
    const everything: Board = board(
      [
        stuck(),
        session(125, { activity: 'implements '.repeat(20) }),
        session(126, {
          status: 'complete',
          pullRequestState: 'open',
          pullRequestUrl: 'https://github.com/acme/app/pull/1',
        }),
      ],
      { runs: [run('night', [127])] },
    );
    const site = await openSite({ board: everything, question: QUESTION, plan: 'One step.' });
    const page = await open(site, {
      viewport: { width, height: 900 },
      colorScheme,
      bypassCSP: true,
    });
    const examine = async () => {
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate(() =>
        (globalThis as unknown as { axe: { run(): Promise<{ violations: unknown[] }> } }).axe.run(),
      );
      return violations;
    };
    await page.getByRole('button', { name: '#124 needs' }).waitFor();
    expect(await examine()).toEqual([]);
    const widest = await page.evaluate('document.documentElement.scrollWidth');
    expect(widest).toBeLessThanOrEqual(width);
    await page.getByRole('button', { name: '#124 needs' }).click();
    await page.getByText('One step.').waitFor({ state: 'attached' });
    await page.getByRole('heading', { name: 'Token refresh approach' }).waitFor();
    expect(await examine()).toEqual([]);
  });
});
