import { readFile, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { resolve } from 'node:path';

import { FarledError } from '@farled/contract';
import { fileError } from '@farled/sdk';

import { checkMayWrite, hostsLine, SYSTEM_FILE, withHostsLine } from '../../azureml/hosts-file.ts';
import { findPlace, PLACE_OPTIONS } from '../../azureml/place.ts';
import { command } from '../../command.ts';
import { flag, text } from '../../parse/options.ts';

export const printHostsLine = command({
  path: ['azureml', 'hosts'],
  summary: "Print the line of the hosts file by which every program finds the server's name.",
  examples: [
    ['Print the line', 'farled azureml hosts'],
    ['Add it to /etc/hosts, as root', 'farled azureml hosts --write --yes'],
  ],
  options: {
    write: flag('--write', 'Add the line to the file, after asking; nothing changes when it is there.'),
    yes: flag('-y --yes', 'Do not ask.'),
    address: text('--address', 'IP', 'Address of the server; 127.0.0.1 by default.'),
    file: text('--file', 'PATH', 'The hosts file; /etc/hosts by default.'),
    ...PLACE_OPTIONS,
  },
  async run(options, parts) {
    const { address = '127.0.0.1', file = SYSTEM_FILE } = options;
    if (isIP(address) === 0) {
      throw new FarledError('BadArgument', `--address must be an IP address, not "${address}".`);
    }
    const { url } = await findPlace(options, parts.variables, parts.folder);
    const { hostname } = new URL(url);
    const line = hostsLine(address, hostname);
    if (!options.write) {
      return { value: line, prefer: 'text' };
    }
    const path = resolve(parts.folder, file);
    checkMayWrite(path, process.getuid?.(), line);
    try {
      const changed = withHostsLine(await readFile(path, 'utf8'), address, hostname);
      if (changed === null) {
        return { value: `${path} has the line already: ${line}`, prefer: 'text' };
      }
      if (!options.yes && !(await parts.confirm(`Add "${line}" to ${path}?`))) {
        return { value: 'Nothing was changed.', prefer: 'text' };
      }
      // In place: the file of a container can't be replaced by another.
      await writeFile(path, changed);
      return { value: `Added to ${path}: ${line}`, prefer: 'text' };
    } catch (error) {
      throw fileError(error, 'The hosts file', path);
    }
  },
});
