/** Runs programs to their end. */
import { spawn } from 'node:child_process';

export interface CommandOptions {
  readonly input?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

/** What the program printed; an error with the end of what it said when it fails. */
export function run(command: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: options.cwd, env: options.env ?? process.env });
    const printed: Buffer[] = [];
    const said: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => printed.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
    child.on('error', (error) => reject(new Error(`${command} could not be started: ${error.message}`)));
    child.on('close', (code, signal) => {
      if (code === 0) {
        resolve(Buffer.concat(printed).toString());
        return;
      }
      const output = Buffer.concat([...printed, ...said])
        .toString()
        .trim()
        .slice(-2000);
      const line = [command, ...args].join(' ').slice(0, 500);
      reject(new Error(`${line} ended with ${signal ?? `exit code ${code}`}: ${output}`));
    });
    // A program that ends before it has read everything says so with its exit code.
    child.stdin.on('error', () => {});
    child.stdin.end(options.input);
  });
}
