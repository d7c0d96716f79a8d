/** Text of a JSON or YAML document as data that knows its lines. */
import { FarledError } from '@farled/contract';
import { isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml';

export interface DocumentSource {
  /** As the caller named it; stands in messages. */
  readonly file: string;
  readonly text: string;
  /** Starts messages: «The inference config». */
  readonly what: string;
}

export interface ParsedDocument {
  readonly value: unknown;
  /** Line, counted from 1, of the value at a path, or of the field `key` in the object there. */
  readonly lineOf: (path: readonly PropertyKey[], key?: string) => number;
}

/** @throws FarledError InvalidDocument naming the file, the line and the fault. */
export function parseText({ file, text, what }: DocumentSource): ParsedDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    logLevel: 'silent',
  });
  const [fault] = document.errors;
  if (fault !== undefined) {
    throw syntaxError(what, file, lines.linePos(fault.pos[0]).line, fault.message);
  }
  if (/\.json$/i.test(file)) {
    checkJson(file, text, what);
  }
  return {
    value: toValue(document, what, file),
    lineOf: (path, key) => lines.linePos(offsetOf(document, path, key)).line || 1,
  };
}

/** YAML takes more than JSON does; a .json file must be readable by everyone. */
function checkJson(file: string, text: string, what: string): void {
  try {
    JSON.parse(text);
  } catch (error) {
    const message = (error as Error).message;
    const line = /\(line (\d+) column \d+\)/.exec(message)?.[1] ?? String(text.split('\n').length);
    throw syntaxError(what, file, Number(line), message.replace(/ in JSON at position.*$/s, ''));
  }
}

function toValue(document: Document, what: string, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 }) as unknown;
  } catch (error) {
    throw syntaxError(what, file, 1, (error as Error).message);
  }
}

function syntaxError(what: string, file: string, line: number, fault: string): FarledError {
  return new FarledError('InvalidDocument', `${what} "${file}", line ${line}, can't be read: ${fault}.`, {
    suggestion: 'Write it as JSON or YAML, each field once.',
  });
}

function offsetOf(document: Document, path: readonly PropertyKey[], key: string | undefined): number {
  const node: unknown = path.length === 0 ? document.contents : document.getIn(path, true);
  if (key !== undefined && isMap(node)) {
    const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
    return isScalar(pair?.key) ? (pair.key.range?.[0] ?? 0) : 0;
  }
  const range = (node as { range?: readonly number[] | null } | null | undefined)?.range;
  return range?.[0] ?? (path.length === 0 ? 0 : offsetOf(document, path.slice(0, -1), String(path.at(-1))));
}
