/** Is the service in the foreground, as `coppice up --foreground` is; its argument is the worker's program. */
import { upForeground } from '../../../src/service/service.ts';
import { coppiceHome } from '../../../src/state/home.ts';

const home = coppiceHome();
await upForeground({
  env: process.env,
  home,
  port: 0,
  report: (line) => console.log(line),
  worker: process.argv[2] ?? '',
}).catch((error: Error) => {
  console.log(error.message);
  process.exitCode = 1;
});
