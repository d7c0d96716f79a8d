/** Elements of SVG as text. */
type Attributes = Readonly<Record<string, string | number>>;

/** `content` is markup. */
export function element(name: string, attributes: Attributes, content = ''): string {
  const written = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${typeof value === 'number' ? shortened(value) : escaped(value)}"`,
  );
  return content === '' ? `<${name}${written.join('')}/>` : `<${name}${written.join('')}>${content}</${name}>`;
}

/** `words` are not markup. */
export function text(attributes: Attributes, words: string): string {
  return element('text', attributes, escaped(words));
}

/** Coordinates to a tenth of a pixel, so that files stay small and differ only where the drawing does. */
export function shortened(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
