/** What `import … from 'coppice'` gives. */
export { runName } from '../domain/shared/identity.ts';
export { RepositoryName } from '../domain/shared/repository.ts';
export { type OpenOptions, openCoppice } from './open.ts';
export * from './types.ts';
