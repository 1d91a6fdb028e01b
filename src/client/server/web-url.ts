import type { Connected } from './connected.ts';

/** A workflow in Temporal's Web UI, as an object to spread; empty when the server has no Web UI we know of. */
export function webUrl({ server }: Connected, workflowId: string): { webUrl?: string } {
  if (server.webUrl === undefined) return {};
  const path = `namespaces/${server.namespace}/workflows/${encodeURIComponent(workflowId)}`;
  return { webUrl: `${server.webUrl}/${path}` };
}
