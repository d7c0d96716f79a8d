/** The process behind `npm stop`. */
import { standaloneConfig } from './config.ts';
import { stopHome } from './stop.ts';

const { home } = standaloneConfig(process.env);
const ran = await stopHome(home);
process.stdout.write(ran ? `Farled on ${home} is stopped.\n` : `No Farled runs on ${home}.\n`);
