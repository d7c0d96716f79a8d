/** Headers of a tar archive (POSIX ustar, pax where ustar has no room), a function of the entry and nothing else. */
import { FarledError } from '@farled/contract';

const TAR_BLOCK = 512;

export interface TarHeader {
  readonly kind: 'file' | 'directory' | 'symlink';
  readonly path: string;
  readonly size: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly target: string;
}

const TYPES = { file: '0', symlink: '2', directory: '5', pax: 'x' } as const;
const NAME = 100;
const PREFIX = 155;
/** Of octal fields with eight and with twelve characters, the last of which is a terminator. */
const MAXIMUM_ID = 0o7777777;
const MAXIMUM_SIZE = 0o77777777777;

export function tarHeader(entry: TarHeader): Buffer {
  // A folder's name ends in a slash, for readers from before folders had a type of their own.
  const path = entry.kind === 'directory' ? `${entry.path}/` : entry.path;
  const split = splitPath(path);
  const records: [string, string][] = [];
  if (split === undefined) {
    records.push(['path', path]);
  }
  if (!fits(entry.target, NAME)) {
    records.push(['linkpath', entry.target]);
  }
  for (const [key, value, maximum] of [
    ['size', entry.size, MAXIMUM_SIZE],
    ['uid', entry.uid, MAXIMUM_ID],
    ['gid', entry.gid, MAXIMUM_ID],
  ] as const) {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new FarledError('BadArgument', `The entry ${JSON.stringify(entry.path)} has the ${key} ${value}.`);
    }
    if (value > maximum) {
      records.push([key, String(value)]);
    }
  }
  const header = block({ ...entry, ...(split ?? { name: 'long-name', prefix: '' }), type: TYPES[entry.kind] });
  return records.length === 0 ? header : Buffer.concat([paxBlocks(records), header]);
}

interface Block {
  readonly name: string;
  readonly prefix: string;
  readonly type: string;
  readonly size: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly target: string;
}

function block({ name, prefix, type, size, mode, uid, gid, target }: Block): Buffer {
  const bytes = Buffer.alloc(TAR_BLOCK);
  const octal = (value: number, at: number, length: number): void => {
    bytes.write(value.toString(8).padStart(length - 1, '0'), at, 'latin1');
  };
  bytes.write(name, 0, 'latin1');
  octal(mode & 0o7777, 100, 8);
  octal(uid > MAXIMUM_ID ? 0 : uid, 108, 8);
  octal(gid > MAXIMUM_ID ? 0 : gid, 116, 8);
  octal(size > MAXIMUM_SIZE ? 0 : size, 124, 12);
  // The time of last change: the epoch, for every entry of every layer.
  octal(0, 136, 12);
  bytes.write(type, 156, 'latin1');
  bytes.write(fits(target, NAME) ? target : '', 157, 'latin1');
  bytes.write('ustar\x0000', 257, 'latin1');
  octal(0, 329, 8);
  octal(0, 337, 8);
  bytes.write(prefix, 345, 'latin1');
  // The checksum counts its own field as spaces.
  bytes.fill(0x20, 148, 156);
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return bytes;
}

function paxBlocks(records: readonly (readonly [string, string])[]): Buffer {
  const body = Buffer.concat(records.map(([key, value]) => Buffer.from(paxRecord(key, value))));
  const head = block({
    name: 'PaxHeaders/0',
    prefix: '',
    type: TYPES.pax,
    size: body.length,
    mode: 0o644,
    uid: 0,
    gid: 0,
    target: '',
  });
  return Buffer.concat([head, body, tarPadding(body.length)]);
}

/** «<length> <key>=<value>\n», where the length counts its own digits. */
function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const length = Buffer.byteLength(rest);
  let digits = String(length).length;
  while (String(length + digits).length > digits) {
    digits += 1;
  }
  return `${length + digits}${rest}`;
}

/** What fills up the last block of so many bytes. */
export function tarPadding(size: number): Buffer {
  return Buffer.alloc((TAR_BLOCK - (size % TAR_BLOCK)) % TAR_BLOCK);
}

/** Two blocks of zeros. */
export const TAR_END = Buffer.alloc(2 * TAR_BLOCK);

function splitPath(path: string): { readonly name: string; readonly prefix: string } | undefined {
  if (fits(path, NAME)) {
    return { name: path, prefix: '' };
  }
  // Short enough to the right of a slash, as early as there is one; the trailing slash of a folder is none.
  const at = path.indexOf('/', Math.max(0, path.length - NAME - 1));
  if (at <= 0 || at > PREFIX || at >= path.length - 1 || !fits(path, NAME + PREFIX + 1)) {
    return undefined;
  }
  return { prefix: path.slice(0, at), name: path.slice(at + 1) };
}

/** Bytes beyond ASCII have no meaning in ustar. */
function fits(text: string, length: number): boolean {
  return text.length <= length && /^[\x20-\x7e]*$/.test(text);
}
