import { escapeHtml, fault, type Page } from './layout.ts';

export interface LoginPage {
  /** Of the program that asks for it. */
  readonly program: string;
  readonly action: string;
  /** As it was entered before, or as the program says. */
  readonly name: string;
  readonly fault: string | undefined;
}

export function loginPage({ program, action, name, fault: what }: LoginPage): Page {
  const described = what === undefined ? '' : ' aria-describedby="fault" aria-invalid="true"';
  const [first, second] = name === '' ? [' autofocus', ''] : ['', ' autofocus'];
  return {
    title: 'Log in',
    body: `<p>${escapeHtml(program)} asks to work with Farled as you.</p>
${fault(what)}
<form method="post" action="${escapeHtml(action)}">
<label for="name">Name</label>
<input id="name" name="name" value="${escapeHtml(name)}" required maxlength="128" autocomplete="username" autocapitalize="none" spellcheck="false"${first}${described}>
<label for="password">Password</label>
<input id="password" name="password" type="password" required maxlength="256" autocomplete="current-password"${second}${described}>
<button type="submit">Log in</button>
<button class="other" type="submit" name="cancel" value="yes" formnovalidate>Cancel</button>
</form>
<p class="small">Who runs this Farled gives names and passwords, with <code>farled identity create <span>--kind user</span></code>.</p>`,
  };
}
