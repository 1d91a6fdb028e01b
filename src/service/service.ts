/** The service that `coppice up` starts, as others see it. */
export { down } from './down.ts';
export { upForeground } from './foreground.ts';
export type { UpOptions } from './settings.ts';
export { type ServiceState, serviceState } from './state.ts';
export { up } from './up.ts';
