export type ServiceErrorKind =
  | 'NoTemporalCli'
  | 'BadServerConfig'
  | 'NotPermitted'
  | 'PortTaken'
  | 'DiskFull'
  | 'CorruptDatabase'
  | 'StartFailed';

/** Says in one line why there is no Temporal server or no worker, and what to do. */
export class ServiceError extends Error {
  readonly kind: ServiceErrorKind;

  constructor(kind: ServiceErrorKind, message: string) {
    super(message);
    this.name = 'ServiceError';
    this.kind = kind;
  }
}
