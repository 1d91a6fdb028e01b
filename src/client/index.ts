/** What `import … from 'coppice'` gives. */
export { runName } from '../domain/identity.ts';
export { type OpenOptions, openCoppice } from './open.ts';
export * from './types.ts';
