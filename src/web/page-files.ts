import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** The files of the page, as the browser asks for them. */
export type PageFiles = readonly {
  readonly path: string;
  readonly type: string;
  readonly content: string;
}[];

/** The page: built when Coppice was published, or in a checkout built now. */
export async function pageFiles(): Promise<PageFiles> {
  const page = (name: string) => fileURLToPath(new URL(`./page/${name}`, import.meta.url));
  const isCheckout = import.meta.url.endsWith('.ts');
  const script = isCheckout
    ? await (await import('./bundle-page.ts')).bundlePage(page('main.tsx'))
    : await readFile(page('main.js'), 'utf8');
  return [
    { path: '/', type: 'text/html; charset=utf-8', content: await read(page('index.html')) },
    { path: '/style.css', type: 'text/css; charset=utf-8', content: await read(page('style.css')) },
    { path: '/main.js', type: 'text/javascript; charset=utf-8', content: script },
  ];
}

const read = (path: string): Promise<string> => readFile(path, 'utf8');
