export type ServiceErrorKind =
  | 'NoTemporalCli'
  | 'BadServerConfig'
  | 'NotPermitted'
  | 'PortTaken'
  | 'DiskFull'
  | 'CorruptDatabase'
  | 'StartFailed';

/** Why there is no Temporal server or no worker, in one line: what happened, to what, and what to do. */
export class ServiceError extends Error {
  readonly kind: ServiceErrorKind;

  constructor(kind: ServiceErrorKind, message: string) {
    super(message);
    this.name = 'ServiceError';
    this.kind = kind;
  }
}
