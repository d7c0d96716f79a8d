// npm start: installs what is missing, then runs the quick start.
import { runSource } from './install.mjs';

await runSource('packages/standalone/src/quickstart.ts', process.argv.slice(2));
