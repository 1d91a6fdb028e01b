import { z } from 'zod';

/** Whether agents and setup commands run in a sandbox. */
export const SandboxMode = z.enum(['required', 'auto', 'off']);
export type SandboxMode = z.infer<typeof SandboxMode>;

/** Tools that fetch packages. */
export const Registry = z.enum([
  'npm',
  'pnpm',
  'yarn',
  'pip',
  'uv',
  'cargo',
  'go',
  'maven',
  'gradle',
  'bundler',
]);
export type Registry = z.infer<typeof Registry>;

const Host = z
  .string()
  .regex(
    /^(?:(?:\*\.[A-Za-z0-9-]+\.)?(?:[A-Za-z0-9-]+\.)*[A-Za-z0-9-]+|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?$/,
    'is not a host: write example.com, *.example.com or 127.0.0.1:8080',
  );

const Path = z
  .string()
  .regex(/^~?\/[^\0]+$/, 'is not a path: write it from / or ~/, without patterns');

/** How much a program in the sandbox may use, together with all programs that it starts. Sizes are in GB of 10^9 bytes. */
export const Limits = z.strictObject({
  processes: z
    .int()
    .min(256)
    .max(1_000_000)
    .default(4_096)
    .describe('The largest number of processes and threads'),
  memory: z
    .number()
    .positive()
    .optional()
    .meta({
      description:
        'The most memory, in GB. Beyond that, the largest program is ended. Default: half of the machine’s memory, and at least 4',
      examples: [16],
    }),
  disk: z
    .number()
    .positive()
    .default(20)
    .describe(
      'By how many GB its worktree, home and temporary files may grow in one run. Beyond that, it is ended',
    ),
});
export type Limits = z.infer<typeof Limits>;

/** What a program in the sandbox may reach besides its worktree and its model. */
export const Access = z.strictObject({
  hosts: z
    .array(Host)
    .default([])
    .meta({
      description: 'Hosts that it may connect to; *.example.com stands for all subdomains',
      examples: [['docs.example.com', '127.0.0.1:5432']],
    }),
  registries: z
    .array(Registry)
    .default([...Registry.options])
    .meta({
      description:
        'Tools whose package registries it may connect to. Each installed tool reports its registries; `coppice doctor` prints them',
      examples: [['npm']],
    }),
  read: z
    .array(Path)
    .default([])
    .meta({
      description:
        'Directories and files that it may read, besides its worktree, the system and your tools, which `coppice sandbox --explain` lists',
      examples: [['~/.config/my-tool', '/srv/fixtures']],
    }),
  write: z
    .array(Path)
    .default([])
    .meta({
      description: 'Directories and files that it may write. A missing directory is created',
      examples: [['~/.cache/my-tool']],
    }),
  hide: z
    .array(Path)
    .default([])
    .meta({
      description:
        'Directories and files that it may not read, although they are inside a directory that it may read',
      examples: [['~/.config/my-secrets']],
    }),
  limits: Limits.prefault({}).describe(
    'How much a program in the sandbox may use, together with all programs that it starts',
  ),
});
export type Access = z.infer<typeof Access>;
