/** What clients of Microsoft's expect beyond the standards, put into answers that the library made. */
import type { KoaContextWithOIDC } from 'oidc-provider';

import { clientInfo } from './token-claims.ts';

/** How often a device asks whether the person has finished. */
const POLL_SECONDS = 5;

type Body = Readonly<Record<string, unknown>>;

/** As the library took it apart; it knows no `client_info`, so that it is read here. */
interface Asked {
  readonly client_info?: string;
  readonly client_id?: string;
}

export function withExtras(ctx: KoaContextWithOIDC, tenantId: string): void {
  const { body } = ctx as { body?: unknown };
  if (typeof body !== 'object' || body === null || ctx.oidc === undefined) {
    return;
  }
  const asked = (ctx.oidc.body ?? {}) as Asked;
  const accountId = ctx.oidc.account?.accountId;
  Object.assign(
    body,
    'access_token' in body && asked.client_info === '1' && accountId !== undefined
      ? { client_info: clientInfo(accountId, tenantId) }
      : {},
    'user_code' in body ? { interval: POLL_SECONDS, message: deviceMessage(body) } : {},
    'error' in body && body.error === 'invalid_client' ? { error_description: notKnown(asked.client_id) } : {},
  );
}

/** contract A3: printed as it is. */
function deviceMessage(body: Body): string {
  return `To log in, open the page ${String(body['verification_uri'])} in a browser and enter the code ${String(body['user_code'])}.`;
}

function notKnown(clientId: string | undefined): string {
  const named =
    clientId === undefined
      ? 'No service principal is named'
      : `"${clientId.slice(0, 128)}" is not the client id of a service principal here`;
  return `${named}, or the secret is not its secret. \`farled identity list\` shows those there are; \`farled identity reset-secret -n NAME\` gives one another secret.`;
}
