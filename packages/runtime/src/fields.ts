/** The headers of a request. */
export class Fields {
  /** Names and values in turn, as they came. */
  readonly raw: readonly string[];
  readonly #names: readonly string[];

  constructor(raw: readonly string[]) {
    this.raw = raw;
    this.#names = raw.map((text, index) => (index % 2 === 0 ? text.toLowerCase() : ''));
  }

  /** Of a name in small letters; undefined when it is absent, joined by commas when it came several times. */
  get(name: string): string | undefined {
    const first = this.#names.indexOf(name);
    if (first === -1) {
      return undefined;
    }
    let value = this.raw[first + 1];
    for (let next = this.#names.indexOf(name, first + 2); next !== -1; next = this.#names.indexOf(name, next + 2)) {
      value += `,${this.raw[next + 1]}`;
    }
    return value;
  }
}
