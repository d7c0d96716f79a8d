/** Lists that come in pages, read to their end. */
export interface Page<Item> {
  readonly value: readonly Item[];
  readonly skipToken?: string | undefined;
}

/** Every item of every page. `read` is called with undefined first, then with each page's skipToken. */
export async function readPages<Item>(read: (skipToken: string | undefined) => Promise<Page<Item>>): Promise<Item[]> {
  const items: Item[] = [];
  let skipToken: string | undefined;
  do {
    const page = await read(skipToken);
    items.push(...page.value);
    skipToken = page.skipToken;
  } while (skipToken !== undefined);
  return items;
}
