/** Finds what Python source imports, without running it. */

/** Strings, comments and joined lines, in the order in which they may begin. */
const TOKEN =
  /(?<string>[A-Za-z]{0,2}(?:'''(?:\\[\s\S]|[^\\])*?(?:'''|$)|"""(?:\\[\s\S]|[^\\])*?(?:"""|$)|'(?:\\[\s\S]|[^'\\\n])*'?|"(?:\\[\s\S]|[^"\\\n])*"?))|(?<comment>#[^\n]*)|(?<joined>\\\r?\n)|(?<open>[([{])|(?<close>[)\]}])|(?<newline>\r?\n)/g;

const STATEMENT = /^\s*(?:import\s+(?<modules>.+)|from\s+(?<from>\.*[\w.]*)\s+import\s+(?<names>.+))$/s;

/**
 * The modules that import statements name: `a.b` for `import a.b`, and both `a.b` and `a.b.c` for `from a.b import c`,
 * which may mean either. Relative imports are left out.
 */
export function importedModules(source: string): ReadonlySet<string> {
  const modules = new Set<string>();
  for (const statement of statementsOf(source)) {
    const groups = STATEMENT.exec(statement)?.groups;
    if (groups?.['modules'] !== undefined) {
      namesOf(groups['modules']).forEach((name) => modules.add(name));
    } else if (groups?.['from'] !== undefined && groups['from'] !== '' && !groups['from'].startsWith('.')) {
      const from = groups['from'];
      modules.add(from);
      namesOf(groups['names'] ?? '').forEach((name) => modules.add(`${from}.${name}`));
    }
  }
  return modules;
}

/** Whether a module, or anything in it, is among the imported ones. */
export function importsFrom(imported: ReadonlySet<string>, module: string): boolean {
  return [...imported].some((name) => name === module || name.startsWith(`${module}.`));
}

/** Logical lines, cut at «;» and after «:», so that `try: import x` is found too. */
function statementsOf(source: string): string[] {
  let depth = 0;
  const plain = source.replaceAll(TOKEN, (token, ...rest) => {
    const groups = rest.at(-1) as Readonly<Record<string, string | undefined>>;
    if (groups['string'] !== undefined) {
      return '""';
    }
    if (groups['open'] !== undefined || groups['close'] !== undefined) {
      depth = Math.max(0, depth + (groups['open'] === undefined ? -1 : 1));
      return token;
    }
    return groups['newline'] !== undefined && depth === 0 ? '\n' : ' ';
  });
  return plain.split(/[\n;:]/);
}

function namesOf(list: string): string[] {
  return list
    .replaceAll(/[()]/g, ' ')
    .split(',')
    .flatMap((item) => /^\s*([A-Za-z_][\w.]*|\*)/.exec(item)?.[1] ?? [])
    .filter((name) => name !== '*');
}
