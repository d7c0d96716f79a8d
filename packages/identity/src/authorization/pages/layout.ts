/** What the pages of a login have in common: no script, nothing from elsewhere, readable on any screen. */
import { createHash } from 'node:crypto';

export interface Page {
  readonly title: string;
  /** HTML. */
  readonly body: string;
}

const STYLE = `
:root { color-scheme: light dark; --accent: light-dark(#0a5a9c, #7cc0ff); --on-accent: light-dark(#fff, #06243d);
  --card: light-dark(#fff, #1d2229); --line: light-dark(#b4bcc6, #4a5462); --bad: light-dark(#b3261e, #ff9d94); }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem;
  background: light-dark(#eef1f5, #12161b); color: light-dark(#1b1f24, #e8ecf1); font: 1rem/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 25rem; background: var(--card); border: 1px solid var(--line); border-radius: .75rem;
  padding: clamp(1.25rem, 5vw, 2.25rem); overflow-wrap: anywhere; }
h1 { font-size: 1.4rem; line-height: 1.25; margin: 0 0 .75rem; }
p { margin: 0 0 1rem; }
label { display: block; font-weight: 600; margin-bottom: .25rem; }
input { width: 100%; font: inherit; padding: .6rem .75rem; margin-bottom: 1rem; border: 1px solid var(--line);
  border-radius: .4rem; background: transparent; color: inherit; }
button { width: 100%; font: inherit; font-weight: 600; padding: .65rem; border: 1px solid var(--accent);
  border-radius: .4rem; background: var(--accent); color: var(--on-accent); cursor: pointer; }
button.other { margin-top: .75rem; background: transparent; color: inherit; border-color: var(--line); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.bad { color: var(--bad); font-weight: 600; }
.code { font: 600 1.75rem/1.2 ui-monospace, monospace; letter-spacing: .08em; text-align: center; }
code span { white-space: nowrap; }
.small { font-size: .875rem; margin: 1rem 0 0; }
`;

const STYLE_DIGEST = createHash('sha256').update(STYLE).digest('base64');

export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  // Forms go where they came from; that a login then leads elsewhere is no form of ours.
  'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_DIGEST}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

export function renderPage({ title, body }: Page): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} - Farled</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${body}
</main>
</body>
</html>
`;
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** What went wrong, for eyes and for those who hear the page; nothing when nothing did. */
export function fault(text: string | undefined): string {
  return text === undefined ? '' : `<p class="bad" role="alert" id="fault">${escapeHtml(text)}</p>`;
}
