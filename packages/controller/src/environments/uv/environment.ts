/** The environment variables that uv and pip run with. */
import type { IndexOptions } from '../pip-entry.ts';

export type Variables = Readonly<Record<string, string | undefined>>;

/** Of the surrounding virtual environment, or of ours: they would mislead an installer or tell it secrets. */
const NOT_FOR_INSTALLERS =
  /^(?:FARLED_|PYTHONHOME$|PYTHONPATH$|VIRTUAL_ENV$|CONDA_|NODE_OPTIONS$|UV_PROJECT|UV_PYTHON$|UV_VENV_|UV_SYSTEM_PYTHON$)/;

/**
 * The caller's variables, proxies, certificates and package indexes among them. What was said to pip alone is said to
 * uv too, which does not read pip's variables.
 */
export function installerEnvironment(variables: Variables): Variables {
  const kept = Object.fromEntries(Object.entries(variables).filter(([name]) => !NOT_FOR_INSTALLERS.test(name)));
  return {
    ...alias(kept, 'SSL_CERT_FILE', ['PIP_CERT', 'REQUESTS_CA_BUNDLE']),
    ...alias(kept, 'UV_DEFAULT_INDEX', ['UV_INDEX_URL', 'PIP_INDEX_URL']),
    ...alias(kept, 'UV_INDEX', ['UV_EXTRA_INDEX_URL', 'PIP_EXTRA_INDEX_URL']),
    ...kept,
    NO_COLOR: '1',
    UV_NO_PROGRESS: '1',
    // The machine's certificates, as pip is told of them there, and not a list of uv's own.
    UV_SYSTEM_CERTS: kept['UV_SYSTEM_CERTS'] ?? 'true',
    UV_PYTHON_DOWNLOADS: 'never',
  };
}

/** Takes the best version of all indexes, as pip does; uv by itself would stop at the first index that has the name. */
const AS_PIP = 'unsafe-best-match';

/** Index options go by environment, not by argument: addresses may hold passwords, and arguments are for all to read. */
export function withIndexes(variables: Variables, options: IndexOptions): Variables {
  const extra = [variables['UV_INDEX'], ...options.extraIndexes].filter((part) => part !== undefined && part !== '');
  const links = [variables['UV_FIND_LINKS'], ...options.findLinks].filter((part) => part !== undefined && part !== '');
  return {
    ...variables,
    ...(options.index === null ? {} : { UV_DEFAULT_INDEX: options.index }),
    ...(extra.length === 0 ? {} : { UV_INDEX: extra.join(' ') }),
    ...(options.extraIndexes.length === 0 ? {} : { UV_INDEX_STRATEGY: variables['UV_INDEX_STRATEGY'] ?? AS_PIP }),
    ...(links.length === 0 ? {} : { UV_FIND_LINKS: links.join(',') }),
    ...(options.insecureHosts.length === 0 ? {} : { UV_INSECURE_HOST: options.insecureHosts.join(' ') }),
    ...(options.prereleases ? { UV_PRERELEASE: 'allow' } : {}),
  };
}

function alias(variables: Variables, name: string, others: readonly string[]): Variables {
  const said = others.map((other) => variables[other]).find((value) => value !== undefined && value !== '');
  return said === undefined ? {} : { [name]: said };
}
