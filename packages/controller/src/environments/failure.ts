/** Turns the output of a failed installation into an error that names the package and what to do. */
import { FarledError } from '@farled/contract';

import { hideUserInfo } from './pip-entry.ts';

const LAST_LINES = 20;

interface Cause {
  readonly pattern: RegExp;
  readonly sentence: (name: string) => string;
  readonly suggestion: string;
}

/** The sentences in which uv 0.9 to 0.13 name a package. */
const CAUSES: readonly Cause[] = [
  {
    pattern: /Because (\S+) was not found in the (?:package registry|provided package locations)/,
    sentence: (name) => `the package "${name}" is not on the package index`,
    suggestion:
      'Check its name: conda packages may be called differently for pip. If it comes from another index, add an --extra-index-url entry to the pip list.',
  },
  {
    pattern: /Failed to (?:build|download and build) `?([^\s`]+)`?/,
    sentence: (name) => `"${name}" has no wheel for this Python, and building it from source failed`,
    suggestion:
      'Ask for a Python version, or a version of the package, that have a wheel; older packages need an older Python.',
  },
  {
    pattern: /Because (\S+) has no (?:\S+ )?(?:wheels|source distribution)/,
    sentence: (name) => `"${name}" has no wheel for this Python`,
    suggestion:
      'Ask for a Python version, or a version of the package, that have a wheel; older packages need an older Python.',
  },
  {
    pattern: /the current Python version \((\S+)\) does not satisfy/,
    sentence: (version) => `what is asked for does not run in Python ${version}`,
    suggestion: 'Ask for another version of Python, or loosen the versions of the packages.',
  },
  {
    pattern: /Because you require (\S+ and \S+?),? we can conclude/,
    sentence: (both) => `${both} exclude each other`,
    suggestion: 'Keep one of them.',
  },
  {
    pattern: /(?:Because )?there (?:is no version|are no versions) of ([A-Za-z0-9._-]+(?:\[[^\]]*\])?\s*\S*)/,
    sentence: (name) => `there is no version ${name}`,
    suggestion: 'Ask for a version that exists for this Python.',
  },
  {
    pattern: /(?:Because )?only (?:the following versions of )?([A-Za-z0-9._-]+)\S* (?:is|are) available/,
    sentence: (name) => `no available version of "${name}" meets what is asked`,
    suggestion: 'Loosen the version, or ask for another version of Python.',
  },
  {
    pattern: /Because ([A-Za-z0-9._-]+)\S* depends on/,
    sentence: (name) => `the requirements of "${name}" can not be met together with the others`,
    suggestion: 'Loosen the versions in the environment until they agree.',
  },
  {
    pattern: /(?:error sending request|Failed to fetch|dns error|timed out)()/i,
    sentence: () => 'the package index could not be reached',
    suggestion:
      'Check the network, and the proxy, certificate and index settings (HTTPS_PROXY, SSL_CERT_FILE, UV_DEFAULT_INDEX) that Farled was started with.',
  },
];

/** The error of an installation whose output this is. */
export function installationFailed(lines: readonly string[]): FarledError {
  // Older ones break their sentences into lines.
  const output = lines.join(' ').replaceAll(/\s+/g, ' ');
  const cause = CAUSES.find(({ pattern }) => pattern.test(output));
  const name = hideUserInfo((cause?.pattern.exec(output)?.[1] ?? '').replace(/[.,`]+$/, ''));
  const why = cause === undefined ? '' : `: ${cause.sentence(name)}`;
  const last = lines.slice(-LAST_LINES).map(hideUserInfo).join('\n');
  return new FarledError(
    'EnvironmentBuildFailed',
    `The packages of the environment could not be installed${why}.\n${last}`,
    cause === undefined ? {} : { suggestion: cause.suggestion },
  );
}
