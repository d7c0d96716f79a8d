/** The hash by which callers stay with a version. Documented for users: it must not change. */

const OFFSET = 0x811c_9dc5;
const PRIME = 0x0100_0193;

/** Of a text of one byte a character, as headers are: FNV-1a of 32 bits, mixed once more. */
export function hashOf(text: string): number {
  let hash = OFFSET;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), PRIME);
  }
  return mixed(hash);
}

/** The last step of MurmurHash3: each bit of the number in changes half of those of the number out. */
export function mixed(number: number): number {
  let hash = number;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
