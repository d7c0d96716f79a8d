/** A Markdown table: words to the left, numbers to the right. */
export interface Table {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** Numbers are shown with three significant digits, those of a thousand and more without fractions. */
export type Cell = string | number;

export function renderTable({ title, head, rows }: Table): string {
  const [first] = rows;
  const rule = head.map((_, column) => (typeof first?.[column] === 'number' ? '--:' : ':--'));
  const lines = [head, rule, ...rows.map((row) => row.map(show))];
  return [`## ${title}`, '', ...lines.map((cells) => `| ${cells.join(' | ')} |`)].join('\n');
}

export function show(cell: Cell): string {
  return typeof cell === 'string' ? cell.replaceAll('|', '\\|') : showNumber(cell);
}

export function showNumber(value: number): string {
  if (Number.isNaN(value)) {
    return '-';
  }
  if (Math.abs(value) >= 1000) {
    return Math.round(value).toLocaleString('en-US');
  }
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(3)));
}
