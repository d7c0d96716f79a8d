/** What the facts of who comes, and of the workspace that is asked for, mean. Pure. */
import type { Facts, TokenFacts } from './facts.ts';
import { type Finding, unknown } from './finding.ts';

const WHO: Readonly<Record<TokenFacts['identity'], string>> = {
  msi: 'the identity of this machine (MSI_ENDPOINT)',
  'service-principal': 'a service principal (AZUREML_SERVICE_PRINCIPAL_ID)',
  login: 'a person who logs in',
};

const OTHER: Readonly<Record<TokenFacts['identity'], string>> = {
  msi: 'Set MSI_ENDPOINT as `farled azureml env` prints it; programs on other machines need a service principal.',
  'service-principal': 'Check id and password; `farled identity reset-secret` gives a new one.',
  login: 'Log in again.',
};

export function tokenFinding({ token }: Facts): Finding {
  const check = 'token';
  if (token === null) {
    return unknown(check);
  }
  const who = WHO[token.identity];
  if (token.issued === null) {
    return { check, state: 'ok', seen: `scripts come as ${who}, who will be asked`, todo: null };
  }
  const { status, message } = token.issued;
  if (status !== 200) {
    return {
      check,
      state: 'problem',
      seen: `${who} gets none: ${status === 0 ? message : `${status} ${message}`}`,
      todo: OTHER[token.identity],
    };
  }
  if (token.accepted !== 200) {
    return {
      check,
      state: 'problem',
      seen: `the one of ${who} is answered with ${token.accepted ?? 'nothing'}`,
      todo:
        token.accepted === 403
          ? 'Give the identity a role: `farled identity grant`.'
          : 'Does MSI_ENDPOINT belong to another server? Set the shell up again.',
    };
  }
  return { check, state: 'ok', seen: `${who} gets one, and the server takes it`, todo: null };
}

export function workspaceFinding({ workspace }: Facts): Finding {
  const check = 'workspace';
  if (workspace === null) {
    return unknown(check);
  }
  const { file, fault, name, status } = workspace;
  if (fault !== null) {
    return { check, state: 'problem', seen: fault, todo: 'Write it anew: `farled folder attach -w NAME -g GROUP`.' };
  }
  if (file === null) {
    return {
      check,
      state: 'problem',
      seen: 'no config.json here or above, where Workspace.from_config() looks',
      todo: 'Write one: `farled folder attach -w NAME -g GROUP`.',
    };
  }
  if (status === null) {
    return { check, state: 'unknown', seen: `${file} names ${name}, which can be looked for with a token`, todo: null };
  }
  if (status === 403) {
    return {
      check,
      state: 'problem',
      seen: `${file} names ${name}, where this identity may not look`,
      todo: 'Give the identity a role there: `farled identity grant`.',
    };
  }
  if (status !== 200) {
    return {
      check,
      state: 'problem',
      seen: `${file} names ${name}, which the server does not have`,
      todo: `Create it with \`farled workspace create\`, or attach the folder to one of \`farled workspace list\`.`,
    };
  }
  return { check, state: 'ok', seen: `${file} names ${name}, which is there`, todo: null };
}
