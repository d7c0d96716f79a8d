/** One value as one cell of a table or a row. Pure. */
/** Line breaks and tabs would make two cells or rows of one. */
export function scalar(value: unknown): string {
  if (value === null || value === undefined) {
    return '';
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.replaceAll(/[\t\r\n]+/g, ' ');
}
