/** The login page: who asks, a name, a password. */
import type { IdentityRecord, IdentityStore } from '@farled/state';
import { errors, type KoaContextWithOIDC, type Provider } from 'oidc-provider';

import { digestPassword, isSecretOf } from '../secret-digest.ts';
import type { Attempts } from './attempts.ts';
import { errorPage } from './pages/device-pages.ts';
import { PAGE_HEADERS, type Page, renderPage } from './pages/layout.ts';
import { loginPage } from './pages/login-page.ts';
import { readForm } from './read-form.ts';

export interface LoginParts {
  readonly provider: Provider;
  readonly identities: IdentityStore;
  readonly attempts: Attempts;
}

export const ENDED = 'This login has ended, or was begun in another browser.';
/** The same for a name that nobody has and for a password that is not theirs. */
const WRONG = 'Name or password is wrong.';

/** What a password is compared with when nobody has the name, so that both take as long. */
const NOBODY = digestPassword('');

/** Shows the page, or takes what was entered and sends the browser on. */
export async function answerLogin(ctx: KoaContextWithOIDC, parts: LoginParts): Promise<void> {
  const { provider, attempts } = parts;
  const { req, res } = ctx;
  const interaction = await provider.interactionDetails(req, res).catch((error: unknown) => {
    if (error instanceof errors.SessionNotFound) {
      return undefined;
    }
    throw error;
  });
  if (interaction === undefined) {
    show(ctx, errorPage(ENDED), 400);
    return;
  }
  const client = await provider.Client.find(String(interaction.params['client_id']));
  const page = (name: string, fault?: string): Page =>
    loginPage({ program: client?.clientName ?? 'A program', action: fullPath(ctx), name, fault });
  if (ctx.method !== 'POST') {
    const { login_hint: hint } = interaction.params;
    show(ctx, page(typeof hint === 'string' ? hint : ''));
    return;
  }
  const form = await readForm(req);
  const name = (form?.get('name') ?? '').trim().slice(0, 128);
  if (form?.has('cancel') === true) {
    await sendOn(ctx, provider, { error: 'access_denied', error_description: 'The login was cancelled.' });
    return;
  }
  const wait = attempts.wait(name, ctx.ip);
  if (wait > 0) {
    ctx.set('retry-after', String(Math.ceil(wait / 1000)));
    show(ctx, page(name, `Too many wrong passwords: try again in ${inWords(wait)}.`), 429);
    return;
  }
  const user = await recognise(parts.identities, name, form?.get('password') ?? '');
  if (user === undefined) {
    attempts.failed(name, ctx.ip);
    show(ctx, page(name, WRONG), 401);
    return;
  }
  attempts.succeeded(name, ctx.ip);
  await sendOn(ctx, provider, { login: { accountId: user.id, remember: false, amr: ['pwd'] }, consent: {} });
}

export function show(ctx: KoaContextWithOIDC, page: Page, status = 200): void {
  ctx.status = status;
  ctx.set({ ...PAGE_HEADERS });
  ctx.body = renderPage(page);
}

async function recognise(
  identities: IdentityStore,
  name: string,
  password: string,
): Promise<IdentityRecord | undefined> {
  const found = await identities.find(name);
  const user = found?.kind === 'user' ? found : undefined;
  const right = await isSecretOf(user?.secretDigest ?? (await NOBODY), password);
  return right ? user : undefined;
}

async function sendOn(
  ctx: KoaContextWithOIDC,
  provider: Provider,
  result: Parameters<Provider['interactionResult']>[2],
): Promise<void> {
  const next = await provider.interactionResult(ctx.req, ctx.res, result, { mergeWithLastSubmission: false });
  ctx.set('cache-control', 'no-store');
  ctx.status = 303;
  ctx.redirect(next);
}

/** Where the page itself is, below its tenant. */
function fullPath(ctx: KoaContextWithOIDC): string {
  return `${(ctx.req as { baseUrl?: string }).baseUrl ?? ''}${ctx.path}`;
}

function inWords(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  return seconds < 90 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`;
}
