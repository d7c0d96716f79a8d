/** The bytes of HTTP/1.1: RFC 9110, 5.6.2 and 5.5; RFC 9112, 3.2. */
export const CR = 0x0d;
export const LF = 0x0a;
export const SP = 0x20;
export const HTAB = 0x09;
export const COLON = 0x3a;

function table(holds: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (holds(byte) ? 1 : 0));
}

/** Of a method, a header's name, a chunk extension. */
export const TOKEN = table((byte) => /^[!#$%&'*+.^_`|~0-9A-Za-z-]$/.test(String.fromCodePoint(byte)));

/** Of a header's value: no control but the tabulator; bytes beyond ASCII are opaque. */
export const FIELD = table((byte) => byte === HTAB || (byte >= SP && byte !== 0x7f));

/** Of a request's target: what can be seen in ASCII, but no fragment. */
export const TARGET = table((byte) => byte > SP && byte < 0x7f && byte !== 0x23);

/** Of nearly every host: letters, digits, dot, hyphen. */
export const PLAIN_HOST = table((byte) => /^[0-9A-Za-z.-]$/.test(String.fromCodePoint(byte)));

/** Value of a hexadecimal digit; 255 for everything else. */
export const HEX = Uint8Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCodePoint(byte);
  return /^[0-9A-Fa-f]$/.test(character) ? Number.parseInt(character, 16) : 255;
});
