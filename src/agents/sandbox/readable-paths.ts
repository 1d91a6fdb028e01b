import { existsSync } from 'node:fs';
import type { Access } from '../../domain/settings/sandbox.ts';
import type { AgentNeeds } from './needs.ts';
import { fromHome } from './paths.ts';
import { real } from './settings.ts';
import { findToolchain, type Readable } from './toolchain.ts';

/** Paths that programs in the sandbox may read, beside the places where they work. Each has a reason. */
export function readablePaths(
  access: Access,
  needs: AgentNeeds,
  env: NodeJS.ProcessEnv,
  home: string,
): Readable[] {
  const named = access.read.map((path) => ({
    path: real(fromHome(path, home)),
    why: 'access.read' as const,
  }));
  const passed = needs.files.map((path) => ({ path: real(path), why: 'agent.env' as const }));
  return [
    ...findToolchain(env, home, needs.programs),
    ...passed,
    ...named.filter(({ path }) => existsSync(path)),
  ];
}
