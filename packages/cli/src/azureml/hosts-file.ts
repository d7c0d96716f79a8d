/** The hosts file: whether it has a name, and what it says when the name is added. Pure. */
import { FarledError } from '@farled/contract';

const MARK = '# the server that azureml-core speaks to, added by `farled azureml hosts --write`';

export const SYSTEM_FILE = '/etc/hosts';

export function hostsLine(address: string, name: string): string {
  return `${address} ${name}`;
}

/** Addresses that the file gives a name, in its order. */
export function addressesOf(content: string, name: string): readonly string[] {
  return content.split('\n').flatMap((line) => {
    const [address, ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    return address !== undefined && names.some((one) => one.toLowerCase() === name.toLowerCase()) ? [address] : [];
  });
}

/** @throws FarledError BadArgument for the system's file when it is not root (0) who asks. */
export function checkMayWrite(path: string, userId: number | undefined, line: string): void {
  if (path === SYSTEM_FILE && userId !== 0) {
    throw new FarledError('BadArgument', `Only root may change ${path}.`, {
      suggestion: `Add the line yourself: echo '${line}' | sudo tee -a ${path}`,
    });
  }
}

/**
 * The file with the name in it; null when it has it already.
 *
 * @throws FarledError BadArgument when it gives the name another address.
 */
export function withHostsLine(content: string, address: string, name: string): string | null {
  const present = addressesOf(content, name);
  if (present.includes(address)) {
    return null;
  }
  if (present.length > 0) {
    throw new FarledError('BadArgument', `The hosts file gives ${name} the address ${present.join(', ')} already.`, {
      suggestion: `Remove that line if it is wrong; the address asked for is ${address}.`,
    });
  }
  const before = content === '' || content.endsWith('\n') ? content : `${content}\n`;
  return `${before}${MARK}\n${hostsLine(address, name)}\n`;
}
