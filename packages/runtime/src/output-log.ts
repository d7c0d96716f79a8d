/**
 * The replica's log: lines with their time, on standard output, or in a file that is turned over before it grows too
 * large.
 */
import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

import { type Clock, isoTime } from '@farled/service';

const MAXIMUM_BYTES = 10 * 1024 * 1024;
const FILES = 3;
const STANDARD_OUTPUT = 1;

/** For containers, whose runtime keeps what they write. */
export function writeToStandardOutput(line: string, clock: Clock): void {
  try {
    writeSync(STANDARD_OUTPUT, `${isoTime(clock)} ${line}\n`);
  } catch {
    // Nobody reads it: no reason to stop serving.
  }
}

/** Written at once, not when there is time: the last lines before a crash are the ones that are needed. */
export class OutputLog {
  readonly #path: string;
  readonly #clock: Clock;
  #file: number;
  #size: number;

  constructor(path: string, clock: Clock) {
    this.#path = path;
    this.#clock = clock;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    this.#file = openSync(path, 'a', 0o600);
    this.#size = fstatSync(this.#file).size;
  }

  write(line: string): void {
    const bytes = Buffer.from(`${isoTime(this.#clock)} ${line}\n`);
    if (this.#size + bytes.length > MAXIMUM_BYTES) {
      this.#turnOver();
    }
    writeSync(this.#file, bytes);
    this.#size += bytes.length;
  }

  #turnOver(): void {
    closeSync(this.#file);
    for (let number = FILES - 1; number >= 1; number -= 1) {
      const from = number === 1 ? this.#path : `${this.#path}.${number - 1}`;
      try {
        renameSync(from, `${this.#path}.${number}`);
      } catch {
        // There are not that many files yet.
      }
    }
    this.#file = openSync(this.#path, 'a', 0o600);
    this.#size = 0;
  }
}
