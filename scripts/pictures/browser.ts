import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';

/** What the DevTools protocol answers, as far as it is read here. */
interface Answer {
  readonly id?: number;
  readonly result?: { readonly result?: { readonly value?: unknown }; readonly data?: string };
  readonly error?: { readonly message: string };
}

export interface ScreenshotOptions {
  readonly url: string;
  /** Runs in the page until it returns true: then the page is as the picture shall show it. */
  readonly ready: string;
  readonly width: number;
  readonly height: number;
  /** Left out of the picture, in pixels from the page's left and top edge. */
  readonly skip: { readonly x: number; readonly y: number };
}

/** How long a page may take, in milliseconds. */
const PATIENCE = 60_000;

/** A page in headless Chromium, which must be on PATH, as PNG. @throws Error when the page does not get ready */
export async function screenshot(options: ScreenshotOptions): Promise<Buffer> {
  const { url, ready, width, height, skip } = options;
  const browser = execa(
    'chromium',
    [
      ...['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run'],
      ...['--disable-background-networking', '--hide-scrollbars', '--remote-debugging-port=0'],
      url,
    ],
    { buffer: false, reject: false, forceKillAfterDelay: 5_000 },
  );
  try {
    const page = await openPage(await debuggingOrigin(browser.stderr));
    await page.resize(width, height);
    const deadline = Date.now() + PATIENCE;
    while ((await page.evaluate(ready)) !== true) {
      if (Date.now() > deadline) throw new Error(`${url} did not get ready`);
      await sleep(250);
    }
    return await page.capture({ ...skip, width: width - skip.x, height: height - skip.y });
  } finally {
    browser.kill();
    await browser;
  }
}

/** Chromium says on stderr where it listens. */
async function debuggingOrigin(stderr: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: stderr })) {
    const origin = /^DevTools listening on ws:\/\/([^/]+)\//.exec(line)?.[1];
    if (origin !== undefined) return `http://${origin}`;
  }
  throw new Error('chromium ended before it listened');
}

async function openPage(origin: string) {
  const targets = (await (await fetch(`${origin}/json/list`)).json()) as {
    type: string;
    webSocketDebuggerUrl: string;
  }[];
  const target = targets.find(({ type }) => type === 'page');
  if (!target) throw new Error('chromium has no page');
  const socket = new WebSocket(target.webSocketDebuggerUrl);
  await once(socket, 'open');
  let last = 0;

  async function send(method: string, params: object): Promise<Answer['result']> {
    const id = ++last;
    const answered = new Promise<Answer>((resolve) => {
      socket.addEventListener('message', function listen({ data }) {
        const answer: Answer = JSON.parse(String(data));
        if (answer.id !== id) return;
        socket.removeEventListener('message', listen);
        resolve(answer);
      });
    });
    socket.send(JSON.stringify({ id, method, params }));
    const { result, error } = await answered;
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  return {
    resize: (width: number, height: number) =>
      send('Emulation.setDeviceMetricsOverride', {
        ...{ width, height },
        ...{ deviceScaleFactor: 1, mobile: false },
      }),
    evaluate: async (expression: string): Promise<unknown> =>
      (await send('Runtime.evaluate', { expression }))?.result?.value,
    async capture(area: object): Promise<Buffer> {
      const clip = { ...area, scale: 1 };
      const picture = await send('Page.captureScreenshot', { format: 'png', clip });
      return Buffer.from(picture?.data ?? '', 'base64');
    },
  };
}
