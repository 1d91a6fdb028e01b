import { readdirSync, readFileSync, statfsSync } from 'node:fs';
import { statFields } from '../../process/identity.ts';
import type { Usage } from './limits.ts';

/** Programs of the sandbox itself, which are never ended alone. */
const OWN = /^(bwrap|socat)$/;

/**
 * Linux only: what a process and its descendants use, and the bytes that they wrote. Counting stops beyond `most` processes and threads,
 * because there may be very many.
 */
export function usageBelow(root: number, most: number): Usage & { readonly written: number } {
  let [processes, memory, shared, written] = [0, 0, 0, 0];
  let largest: (ProcessUsage & { readonly pid: number }) | undefined;
  let last = root;
  for (const pid of descendants(root)) {
    const one = usageOf(pid);
    if (!one) continue;
    last = pid;
    processes += one.threads;
    written += writtenBy(pid);
    memory += one.memory;
    shared = Math.max(shared, one.shared);
    if (!OWN.test(one.name) && one.memory > (largest?.memory ?? 0)) largest = { pid, ...one };
    if (processes > most) break;
  }
  return { processes, memory: memory + Math.max(shared, inMemoryFiles(last)), largest, written };
}

/**
 * Bytes that a process wrote so far, with those of its ended children. `write_bytes` leaves out file systems in memory,
 * and `wchar` leaves out files that are written as memory.
 */
function writtenBy(pid: number): number {
  const io = readOrNothing(`/proc/${pid}/io`);
  const count = (name: string) => Number(new RegExp(`^${name}: (\\d+)`, 'm').exec(io)?.[1] ?? 0);
  return Math.max(count('write_bytes'), count('wchar'));
}

function descendants(root: number): Set<number> {
  const seen = readdirSync('/proc').flatMap((name) => {
    const pid = Number(name);
    const parent = pid > 0 ? statFields(pid)?.[1] : undefined;
    return parent === undefined ? [] : [{ pid, parent: Number(parent) }];
  });
  const children = Map.groupBy(seen, ({ parent }) => parent);
  const found = new Set([root]);
  // Iterating over a set also visits the elements that are added on the way.
  for (const pid of found) for (const child of children.get(pid) ?? []) found.add(child.pid);
  return found;
}

interface ProcessUsage {
  readonly name: string;
  readonly threads: number;
  /** Memory of this process alone, in bytes. Pages of files are left out: they can be read again. */
  readonly memory: number;
  /** Memory that it shares with others, in bytes. */
  readonly shared: number;
}

function usageOf(pid: number): ProcessUsage | undefined {
  const status = readOrNothing(`/proc/${pid}/status`);
  if (status === '') return undefined;
  const value = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
  return {
    name: /^Name:\s+(.*)$/m.exec(status)?.[1] ?? '',
    threads: value('Threads'),
    memory: (value('RssAnon') + value('VmSwap')) * 1_024,
    shared: value('RssShmem') * 1_024,
  };
}

/** Bytes in the sandbox's own `/dev/shm`, whose files are in memory; 0 where it is the machine's. */
function inMemoryFiles(pid: number): number {
  try {
    const { blocks, bfree, bsize, type } = statfsSync(`/proc/${pid}/root/dev/shm`);
    const machine = statfsSync('/dev/shm');
    const isMachines = machine.blocks === blocks && machine.bfree === bfree;
    return type === TMPFS && !isMachines ? (blocks - bfree) * bsize : 0;
  } catch {
    return 0; // it ended meanwhile, or there is no such directory
  }
}

const TMPFS = 0x01021994;

/** Empty when the process ended meanwhile, or belongs to another user. */
function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
