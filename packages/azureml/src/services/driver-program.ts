/**
 * The wrapper that azureml-core makes around an entry script. Where a request has no environment, it alone says which
 * script that is, and in which folder: as paths that are joined to the folder of the wrapper.
 */
const JOINED =
  /os\.path\.join\(os\.path\.dirname\(os\.path\.realpath\(__file__\)\),\s*(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)")\)/g;

export interface DriverProgram {
  readonly entryScript: string;
  /** Empty when the script was sent alone. */
  readonly sourceDirectory: string;
}

/** Null for a text that is no such wrapper. */
export function readDriverProgram(text: string): DriverProgram | null {
  const paths = [...text.matchAll(JOINED)].map(([, single, double]) => unescaped(single ?? double ?? ''));
  const entryScript = paths.find((path) => path.endsWith('.py'));
  if (entryScript === undefined) {
    return null;
  }
  const sourceDirectory = paths.find((path) => path !== entryScript && entryScript.startsWith(`${path}/`));
  return { entryScript, sourceDirectory: sourceDirectory ?? '' };
}

/** What Python's `repr` escapes in a name. */
function unescaped(literal: string): string {
  return literal.replaceAll(
    /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|(.))/gi,
    (_all, byte?: string, unit?: string, letter = '') => {
      const code = byte ?? unit;
      return code === undefined ? (letter as string) : String.fromCharCode(Number.parseInt(code, 16));
    },
  );
}
