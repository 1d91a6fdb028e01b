import { createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { freePort, isFree } from '../../src/temporal/port.ts';

it('a free port is none that a system gives to outgoing connections, nor one of a session’s', async () => {
  const ports = await Promise.all(Array.from({ length: 50 }, freePort));
  expect(ports.filter((port) => port < 12_000 || port >= 24_000)).toEqual([]);
  expect(new Set(ports).size).toBeGreaterThan(40);
});

it('a port that somebody listens on is not free, and is again afterwards', async () => {
  const port = await freePort();
  const other = createServer();
  onTestFinished(() => void other.close());
  await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
  expect(await isFree(port)).toBe(false);
  await new Promise((resolve) => other.close(resolve));
  expect(await isFree(port)).toBe(true);
});
