/** GitHub's name for anything: here its kind and its number. */
export const nodeId = (kind: string, id: number): string =>
  Buffer.from(`${kind}:${id}`).toString('base64');

/** @returns the number in it */
export const numberIn = (nodeId: string): number =>
  Number(Buffer.from(nodeId, 'base64').toString().split(':')[1]);
