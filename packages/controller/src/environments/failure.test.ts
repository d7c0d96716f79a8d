import { expect, test } from 'vitest';

import { installationFailed } from './failure.ts';

/** What uv 0.9, which breaks its lines, and 0.13 print. */
const OUTPUTS: readonly (readonly [output: string, message: string])[] = [
  [
    'cause: Because nosuch was not found in the package registry and you require nosuch, we can conclude that',
    'the package "nosuch" is not on the package index',
  ],
  [
    '╰─▶ Because nosuch was not found in the package\n      registry and you require nosuch, we can conclude',
    'the package "nosuch" is not on the package index',
  ],
  [
    'cause: Because there is no version of six==99.1 and you require six==99.1, we can conclude that',
    'there is no version six==99.1',
  ],
  [
    'cause: Because only the following versions of numpy are available:\n  numpy<1.99.dev0\n and you require numpy==1.99.*',
    'no available version of "numpy" meets what is asked',
  ],
  [
    'cause: Because you require numpy==1.26.4 and numpy<1.20, we can conclude that your requirements are unsatisfiable.',
    'numpy==1.26.4 and numpy<1.20 exclude each other',
  ],
  [
    '╰─▶ Because the current Python version (3.8.18) does not satisfy Python>=3.9\n      and numpy>=2.0.0 depends on Python>=3.9',
    'does not run in Python 3.8.18',
  ],
  [
    '╰─▶ Because tensorflow==1.15.0 has no wheels with a matching Python ABI tag\n      (e.g., `cp312`) and you require',
    '"tensorflow==1.15.0" has no wheel for this Python',
  ],
  [
    'cause: Because pandas==2.2.0 depends on numpy>=1.26.0 and you require numpy==1.19.5, we can conclude',
    'the requirements of "pandas" can not be met together with the others',
  ],
  ['error: Failed to build `scikit-learn==0.22`', '"scikit-learn==0.22" has no wheel for this Python, and building'],
  [
    'error: Failed to fetch: `https://host/simple/six/`\n  Caused by: dns error',
    'the package index could not be reached',
  ],
  ['error: something that nobody foresaw', 'could not be installed.\nUsing Python 3.12.1'],
];

test.each(OUTPUTS)('%s', (output, message) => {
  const error = installationFailed(['Using Python 3.12.1 environment at: venv', ...output.split('\n')]);
  expect(error.code).toBe('EnvironmentBuildFailed');
  expect(error.message).toContain(message);
});

test('the last lines are in the message, and no password of an index', () => {
  const lines = Array.from({ length: 30 }, (_, index) => `line ${index} https://me:secret@host/simple`);
  const { message } = installationFailed(lines);
  expect(message).toContain('line 29 https://***@host/simple');
  expect(message).not.toMatch(/line 9 |secret/);
});
