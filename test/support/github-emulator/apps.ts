import { createPublicKey, randomUUID, verify } from 'node:crypto';
import { notFound, ok } from './answers.ts';
import type { Operation } from './operations.ts';
import type { Presenter } from './present.ts';
import { now, type State } from './state.ts';

/** A GitHub App and where it is installed. */
export interface EmulatedApp {
  readonly id: number;
  /** In PEM. */
  readonly publicKey: string;
  readonly installations: readonly number[];
  /** How long a token lasts, in seconds; an hour when absent. */
  readonly lifetime?: number;
}

export interface Apps {
  install(app: EmulatedApp): void;
  /** Whether `token` is an app's own, signed with its key, and `path` is open to it. */
  isApp(token: string, path: string): boolean;
  operations(present: Presenter): Operation[];
}

const HOUR = 3_600;

export function createApps(state: State): Apps {
  const apps: EmulatedApp[] = [];

  const ownerOf = (installation: number): EmulatedApp | undefined =>
    apps.find(({ installations }) => installations.includes(installation));

  return {
    install: (app) => void apps.push(app),

    isApp: (token, path) => path.startsWith('/app/') && apps.some((app) => isSigned(token, app)),

    operations: (present) => [
      {
        method: 'GET',
        path: '/app/installations',
        handle: () =>
          ok(
            apps.flatMap((app) =>
              app.installations.map((installation) => present.installation(installation, app.id)),
            ),
          ),
      },
      {
        method: 'POST',
        path: '/app/installations/{installation_id}/access_tokens',
        handle({ parameters }) {
          const app = ownerOf(Number(parameters.installation_id));
          if (!app) throw notFound();
          const token = `ghs_${randomUUID().replaceAll('-', '')}`;
          const end = Date.now() + (app.lifetime ?? HOUR) * 1000;
          state.tokens.set(token, end);
          return ok({ token, expires_at: new Date(end).toISOString() }, 201);
        },
      },
    ],
  };
}

/** A JSON web token of the app, by its key, that has not ended. */
function isSigned(token: string, { id, publicKey }: EmulatedApp): boolean {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const data = Buffer.from(`${header}.${payload}`);
  const key = createPublicKey(publicKey);
  if (!verify('RSA-SHA256', data, key, Buffer.from(signature, 'base64url'))) return false;
  const { iss, exp } = JSON.parse(Buffer.from(payload, 'base64url').toString());
  return Number(iss) === id && exp * 1000 > Date.parse(now());
}
