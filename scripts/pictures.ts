import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Chalk } from 'chalk';
import { renderBoard } from '../src/cli/render/board.ts';
import type { Board } from '../src/client/types.ts';
import { withLogin } from '../src/service/web-ui.ts';
import { SAMPLE_ISSUES } from '../test/support/sample/issues.ts';
import { setStage } from './demo/stage.ts';
import { screenshot } from './pictures/browser.ts';
import { terminalSvg } from './pictures/terminal-svg.ts';

/*
 * Makes the pictures of docs/images from the demo's own run, with #124 left stuck: the board as the terminal shows it, and
 * the session's page in Temporal's Web UI. Needs `chromium` on PATH.
 */
const COLUMNS = 84;
const IMAGES = new URL('../docs/images/', import.meta.url);

/** The Web UI shows current details in a frame, on a tab of their own. */
const DETAILS_ARE_SHOWN = `
  if (!globalThis.tab) {
    globalThis.tab = [...document.querySelectorAll('a')].find((link) => link.textContent.trim() === 'User Metadata');
    globalThis.tab?.click();
  }
  [...document.querySelectorAll('iframe')].some((frame) => frame.contentDocument?.body?.innerText.includes('Decision needed'));
`;

/** The moment that shows the most: a question, a pull request, an agent whose work is seen, and an issue that waits. */
const isTelling = ({ runs, sessions }: Board): boolean =>
  ['stuck', 'complete'].every((status) =>
    sessions.some(({ record }) => record.status === status),
  ) &&
  sessions.some(({ record }) => record.status === 'working' && (record.diff?.files ?? 0) > 0) &&
  runs.some(({ queue }) => queue.length > 0);

const isAtRest = ({ runs, sessions }: Board): boolean =>
  sessions.length > 0 &&
  sessions.every(({ record }) => ['stuck', 'complete'].includes(record.status)) &&
  runs.every(({ queue }) => queue.length === 0);

const stage = await setStage(console.log);
try {
  const { coppice, repository } = stage;
  const run = await coppice.startRun({
    repository,
    name: 'demo',
    issues: SAMPLE_ISSUES.map(({ number, after }) => ({ issue: number, after })),
  });
  let board = await coppice.board(repository);
  while (!isTelling(board)) {
    if (isAtRest(board)) throw new Error('the moment for the picture was missed: try again');
    await sleep(100);
    board = await coppice.board(repository);
  }
  const color = new Chalk({ level: 1 });
  const frame = renderBoard(board, { now: new Date(), color, columns: COLUMNS });
  const webUi = run.webUrl === undefined ? '' : new URL(run.webUrl).origin;
  await writeFile(
    new URL('board.svg', IMAGES),
    terminalSvg(`${frame}\n\n${color.dim(`Temporal Web UI: ${webUi}`)}`, COLUMNS),
  );

  const { webUrl } = await coppice.show(repository, 124);
  const page = {
    url: withLogin(stage.home, webUrl ?? ''),
    ready: DETAILS_ARE_SHOWN,
    width: 1320,
    height: 840,
  };
  await writeFile(
    new URL('web-ui.png', IMAGES),
    await screenshot({ ...page, skip: { x: 196, y: 60 } }),
  );
} finally {
  await stage.clear();
}
process.exit();
