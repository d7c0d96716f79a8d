/** The pages of a login that was begun on a device without a browser. */
import { escapeHtml, fault, type Page } from './layout.ts';

export interface DevicePage {
  readonly action: string;
  /** That says that the form is from a page of ours. */
  readonly token: string;
}

export function deviceCodePage({
  action,
  token,
  code,
  fault: what,
}: DevicePage & { code: string; fault?: string }): Page {
  return {
    title: 'Enter the code',
    body: `<p>The program that you log in to shows a code.</p>
${fault(what)}
<form method="post" action="${escapeHtml(action)}">
<input type="hidden" name="xsrf" value="${escapeHtml(token)}">
<label for="user_code">Code</label>
<input id="user_code" name="user_code" class="code" value="${escapeHtml(code)}" required maxlength="32" autocomplete="off" autocapitalize="characters" spellcheck="false" autofocus${what === undefined ? '' : ' aria-describedby="fault" aria-invalid="true"'}>
<button type="submit">Next</button>
</form>`,
  };
}

export function deviceConfirmPage({
  action,
  token,
  code,
  program,
  address,
}: DevicePage & { code: string; program: string; address: string }): Page {
  return {
    title: 'Is it you?',
    body: `<p>${escapeHtml(program)}, started at ${escapeHtml(address)}, shows this code:</p>
<p class="code">${escapeHtml(code)}</p>
<p>Go on only if you started it yourself: it will work with Farled as you.</p>
<form method="post" action="${escapeHtml(action)}">
<input type="hidden" name="xsrf" value="${escapeHtml(token)}">
<input type="hidden" name="user_code" value="${escapeHtml(code)}">
<button type="submit" name="confirm" value="yes" autofocus>Yes, go on</button>
<button class="other" type="submit" name="abort" value="yes">No, stop it</button>
</form>`,
  };
}

export function donePage(): Page {
  return {
    title: 'You are logged in',
    body: '<p>The program goes on by itself. You can close this page.</p>',
  };
}

/** @param what as the library says it, which makes no sentences. */
export function errorPage(what: string): Page {
  const sentence = `${what.charAt(0).toUpperCase()}${what.slice(1)}${/[.!?]$/.test(what) ? '' : '.'}`;
  return {
    title: 'This does not work',
    body: `${fault(sentence)}
<p>Start the login anew from the program that you log in to.</p>`,
  };
}
