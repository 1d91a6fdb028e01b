import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { isProgram } from '../turn/environment.ts';
import { GB, type ResourceLimits } from './limits.ts';

/** Whether this host can run a sandbox. If not, why, and the command that changes it. */
export type Availability =
  | { readonly available: true }
  | { readonly available: false; readonly reason: string; readonly install: string };

/**
 * What limits programs in the sandbox of this host (`stand`), and what does not (`lack`), as text for a
 * person.
 */
export function sandboxLimits(
  { processes, memory, disk }: ResourceLimits,
  platform: NodeJS.Platform = process.platform,
  arch: NodeJS.Architecture = process.arch,
  isRoot: boolean = process.getuid?.() === 0,
): { readonly stand: readonly string[]; readonly lack: readonly string[] } {
  if (platform !== 'linux')
    return {
      stand: ['files and network: Seatbelt'],
      lack: ['processes see each other', 'the number of processes, memory and disk have no limit'],
    };
  const hasSeccomp = arch === 'x64' || arch === 'arm64';
  return {
    stand: [
      'files, network and processes: bubblewrap',
      ...(hasSeccomp ? ['Unix sockets, namespaces and mounts: a seccomp filter'] : []),
      ...(isRoot ? [] : [`at most ${processes} processes: a resource limit`]),
      [
        ...(isRoot ? [`${processes} processes`] : []),
        `${inGB(memory)} of memory and ${inGB(disk)} written to disk: Coppice looks once a second, and ends what passes that`,
      ].join(', '),
    ],
    lack: [
      ...(hasSeccomp ? [] : [`there is no seccomp filter for ${arch}`]),
      'no limit of the system bounds memory between two looks, nor disk',
    ],
  };
}

const inGB = (bytes: number): string => `${Math.round(bytes / (GB / 10)) / 10} GB`;

/** The program that each package installs. */
const PARTS = { bubblewrap: 'bwrap', socat: 'socat', ripgrep: 'rg' } as const;

const MANAGERS = [
  ['apt-get', 'apt-get install -y'],
  ['dnf', 'dnf install -y'],
  ['pacman', 'pacman -S --noconfirm'],
  ['apk', 'apk add'],
  ['zypper', 'zypper install -y'],
] as const;

/** Ubuntu’s own restriction of user namespaces. */
const APPARMOR = 'kernel.apparmor_restrict_unprivileged_userns';

export function sandboxAvailability(
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
): Availability {
  if (platform === 'darwin') return { available: true };
  if (platform !== 'linux')
    return {
      available: false,
      reason: `there is no sandbox for ${platform}`,
      install: 'run Coppice on Linux or macOS',
    };
  const has = (program: string) => isProgram(program, { PATH: env.PATH ?? '' }, '/');
  const missing = Object.entries(PARTS).filter(([, program]) => !has(program));
  if (missing.length > 0) {
    const manager = MANAGERS.find(([program]) => has(program))?.[1] ?? 'install';
    const packages = missing.map(([name]) => name).join(' ');
    return {
      available: false,
      reason: `${missing.map(([, program]) => program).join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing`,
      install: `${asRoot()}${manager} ${packages}`,
    };
  }
  return tried(env);
}

/** Tries bubblewrap, because a container or a kernel may refuse what it needs. */
function tried({ PATH }: NodeJS.ProcessEnv): Availability {
  const namespaces = ['--unshare-user', '--unshare-net', '--unshare-pid'];
  const mounts = ['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc'];
  try {
    execFileSync('bwrap', [...namespaces, ...mounts, 'true'], {
      env: { PATH },
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: 10_000,
    });
    return { available: true };
  } catch (error) {
    const { stderr } = error as { stderr?: Buffer };
    const said = stderr?.toString('utf8').trim().split('\n')[0] ?? '';
    return {
      available: false,
      reason: `bubblewrap is not allowed to make namespaces here${said === '' ? '' : ` (${said})`}`,
      install: restrictedByAppArmor()
        ? `${asRoot()}sysctl -w ${APPARMOR}=0`
        : 'in a container: start it with --security-opt seccomp=unconfined --security-opt systempaths=unconfined',
    };
  }
}

function restrictedByAppArmor(): boolean {
  const setting = `/proc/sys/${APPARMOR.replaceAll('.', '/')}`;
  return existsSync(setting) && readFileSync(setting, 'utf8').trim() !== '0';
}

const asRoot = (): string => (process.getuid?.() === 0 ? '' : 'sudo ');
