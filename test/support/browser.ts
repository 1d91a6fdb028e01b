import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, expect, onTestFinished } from 'vitest';

const executablePath = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find(existsSync);
if (executablePath === undefined)
  console.warn('skipped: this machine has no Chromium for tests of the page');

/** A page on a busy machine may take this long for what a test waits for, in milliseconds. */
const PATIENCE = 90_000;

let browser: Promise<Browser> | undefined;

/**
 * Opens a page in headless Chromium. When the test ends, it fails if a script of the page failed, or if the page asked another
 * server for anything. Undefined on a machine without Chromium.
 */
export const openPage = executablePath === undefined ? undefined : open;

async function open(link: string, options: BrowserContextOptions = {}): Promise<Page> {
  browser ??= chromium.launch({
    ...(executablePath && { executablePath }),
    args: ['--no-sandbox'],
  });
  const context = await (await browser).newContext(options);
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const elsewhere: string[] = [];
  const errors: string[] = [];
  page.on('request', (sent) => {
    if (new URL(sent.url()).origin !== new URL(link).origin) elsewhere.push(sent.url());
  });
  page.on('pageerror', (error) => errors.push(error.message));
  onTestFinished(async () => {
    await context.close();
    expect({ elsewhere, errors }).toEqual({ elsewhere: [], errors: [] });
  });
  await page.goto(link);
  return page;
}

/** Call it in each file that opens pages. */
export const closeBrowser = () => afterAll(async () => (await browser)?.close());
