/** The program to start a replica with: a file of this package, run by Node. */
export const runtimeEntry = new URL(import.meta.url.endsWith('.ts') ? './main.ts' : './main.js', import.meta.url);
