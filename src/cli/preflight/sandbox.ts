import type { Availability } from '../../agents/sandbox/availability.ts';
import type { SandboxMode } from '../../domain/settings/sandbox.ts';

/** What is reported about the sandbox before a run: why the run may not start, or that agents will have no sandbox. */
export function sandboxWarnings(
  mode: SandboxMode,
  found: Availability,
): { readonly problem?: string; readonly warning?: string } {
  const without = 'agents and your commands can read your files and reach the network as you can';
  if (mode === 'off') return { warning: `coppice.yaml has sandbox: off, so ${without}` };
  if (found.available) return {};
  const missing = `this host has no sandbox (${found.reason})`;
  return mode === 'required'
    ? {
        problem: `${missing}, and agents run only in a sandbox: ${found.install}; or set \`sandbox: off\` in coppice.yaml, and ${without}`,
      }
    : { warning: `${missing}, so ${without}; what is missing: ${found.install}` };
}
