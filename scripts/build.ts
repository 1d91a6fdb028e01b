import { cp, glob, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { execa } from 'execa';
import { bundlePage } from '../src/web/bundle-page.ts';

/**
 * Makes dist/ for publishing: JavaScript with declarations (Node strips no types under node_modules), the files that are
 * not TypeScript, and the workflows bundled, so that an installed worker starts without a bundler's work.
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');

await rm(dist, { recursive: true, force: true });
await execa('tsc', ['--project', 'tsconfig.build.json'], {
  cwd: root,
  preferLocal: true,
  stdio: 'inherit',
});
for await (const file of glob('**/*.sh', { cwd: join(root, 'src') })) {
  await mkdir(dirname(join(dist, file)), { recursive: true });
  await cp(join(root, 'src', file), join(dist, file));
}
const page = join(root, 'src/web/page');
await mkdir(join(dist, 'web/page'), { recursive: true });
for (const file of ['index.html', 'style.css'])
  await cp(join(page, file), join(dist, 'web/page', file));
await writeFile(join(dist, 'web/page/main.js'), await bundlePage(join(page, 'main.tsx')));
const { code } = await bundleWorkflowCode({
  workflowsPath: join(dist, 'workflows/index.js'),
  workflowInterceptorModules: [join(dist, 'workflows/reserved-signals.js')],
  logger: new DefaultLogger('WARN'),
  // The source map inside would name this machine's directories.
  webpackConfigHook: (config) => ({
    ...config,
    context: root,
    output: {
      ...config.output,
      devtoolModuleFilenameTemplate: ({ resourcePath }: { resourcePath: string }) =>
        resourcePath.replace(root, './'),
    },
  }),
});
await writeFile(join(dist, 'workflow-bundle.js'), code);
