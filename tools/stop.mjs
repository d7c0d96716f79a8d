// npm stop: ends the server of FARLED_HOME with its router and replicas.
import { runSource } from './install.mjs';

await runSource('packages/standalone/src/stop-main.ts', process.argv.slice(2));
