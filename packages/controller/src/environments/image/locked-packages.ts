/** The packages that lines of a lock name, for those who ask what is in an image without installing it. */
import type { InstalledPackage } from './site-packages.ts';

const PINNED = /^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?\s*===?\s*([^\s;]+)/;
const AT_ADDRESS = /^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?\s*@\s*(\S+)/;

export function lockedPackages(locked: readonly string[]): readonly InstalledPackage[] {
  return locked.flatMap((line) => {
    const [, name, version] = PINNED.exec(line) ?? [];
    if (name !== undefined && version !== undefined) {
      return [{ name, version }];
    }
    const [, named, address] = AT_ADDRESS.exec(line) ?? [];
    return named === undefined || address === undefined ? [] : [{ name: named, version: versionOfFile(address) }];
  });
}

/** Files of packages are called name-version-…; never the address, which may have a password in it. */
function versionOfFile(address: string): string {
  const [path = ''] = address.split(/[?#]/);
  const file = path.slice(path.lastIndexOf('/') + 1).replace(/\.(?:whl|tar\.gz|zip)$/, '');
  return file.split('-').find((part) => /^\d/.test(part)) ?? 'unknown';
}
