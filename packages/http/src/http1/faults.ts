/** What can be wrong with a message: the status it is refused with, and the words. */
export interface Fault {
  readonly status: 400 | 413 | 417 | 431 | 501 | 505;
  readonly message: string;
}

const malformed = (message: string): Fault => ({ status: 400, message });

export const FAULTS = {
  startLine: malformed('The first line of the request is malformed.'),
  method: { status: 501, message: 'This method is not known here.' },
  target: malformed('The target of the request is malformed.'),
  version: { status: 505, message: 'Only HTTP/1.1 and HTTP/1.0 are answered here.' },
  fieldName: malformed('A header has a malformed name.'),
  fieldValue: malformed('A header has a value with characters that are not allowed in it.'),
  fold: malformed('A header is continued on the next line, which is not allowed.'),
  lineEnd: malformed('A line does not end with CR LF.'),
  headTooLarge: { status: 431, message: 'The headers are larger than 16 KB together.' },
  tooManyFields: { status: 431, message: 'There are more than 100 headers.' },
  noHost: malformed('The header Host is missing.'),
  repeated: malformed(
    'A header that may come once came twice: Host, Content-Length, Transfer-Encoding or Authorization.',
  ),
  host: malformed('The header Host is malformed.'),
  contentLength: malformed('The header Content-Length is not a number that can be used.'),
  transferEncoding: malformed('The only Transfer-Encoding that is understood is "chunked", in HTTP/1.1.'),
  bothLengths: malformed('A message has Transfer-Encoding or Content-Length, not both.'),
  expectation: { status: 417, message: 'The only expectation that is understood is "100-continue".' },
  chunkSize: malformed('The size of a chunk is malformed.'),
  chunkExtension: malformed('An extension of a chunk is malformed.'),
  chunkEnd: malformed('A chunk is longer than its size says.'),
  trailer: malformed('A trailer is malformed.'),
  chunkOverhead: { status: 413, message: 'Extensions and trailers of the chunks are larger than 8 KB together.' },
} as const satisfies Record<string, Fault>;
