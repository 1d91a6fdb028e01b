/** What `import … from 'coppice'` gives. */
export { runName } from '../domain/identity.ts';
export { RepositoryName } from '../domain/repository.ts';
export { type OpenOptions, openCoppice } from './open.ts';
export * from './types.ts';
