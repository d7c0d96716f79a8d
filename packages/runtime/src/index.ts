/** The program to start a replica with: a file of this package, run by Node. */
export const runtimeEntry = new URL(import.meta.url.endsWith('.ts') ? './main.ts' : './main.js', import.meta.url);

/** The Python part of the program: a folder beside the one that its module is in. */
export const pythonSources = new URL('../python', import.meta.url);
