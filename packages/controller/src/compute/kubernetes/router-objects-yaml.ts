/** YAML for the chart: what a person would write, with templates in it, which no library leaves alone. */

/** Lines below a key, as they are. */
export class Template {
  readonly lines: readonly string[];

  constructor(lines: readonly string[]) {
    this.lines = lines;
  }
}

export type Yaml = string | number | boolean | null | Template | readonly Yaml[] | { readonly [key: string]: Yaml };

const INDENT = '  ';

export function writeYaml(value: Yaml): string {
  return linesOf(value).join('\n');
}

function linesOf(value: Yaml): string[] {
  if (value instanceof Template) {
    return [...value.lines];
  }
  if (Array.isArray(value)) {
    return (value as readonly Yaml[]).flatMap((item) => {
      const [first = '', ...rest] = linesOf(item);
      return [`- ${first}`, ...rest.map((line) => `${INDENT}${line}`)];
    });
  }
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value as Readonly<Record<string, Yaml>>).flatMap(([key, entry]) => {
      const name = scalar(key);
      return isInline(entry)
        ? [`${name}: ${inline(entry)}`]
        : [`${name}:`, ...linesOf(entry).map((line) => `${INDENT}${line}`)];
    });
  }
  return [typeof value === 'string' ? scalar(value) : String(value)];
}

function isInline(value: Yaml): boolean {
  return (
    typeof value !== 'object' || value === null || (!(value instanceof Template) && Object.keys(value).length === 0)
  );
}

function inline(value: Yaml): string {
  return Array.isArray(value) ? '[]' : (linesOf(value)[0] ?? '{}');
}

const PLAIN = /^[A-Za-z][\w./-]*$/;
const NOT_STRINGS = /^(true|false|null|yes|no|on|off|y|n)$/i;

/** A template is its own business; text is quoted unless nobody could take it for anything else. */
function scalar(text: string): string {
  return text.startsWith('{{') || (PLAIN.test(text) && !NOT_STRINGS.test(text)) ? text : JSON.stringify(text);
}
