/** What a person sees while long work goes on: always on the standard error output, never in what scripts read. */
import { stripVTControlCharacters, styleText } from 'node:util';

import type { Clock } from '@farled/sdk';

interface Activity {
  /** One line of a log; stays. */
  readonly line: (text: string) => void;
  /** What goes on at the moment; replaces what it said before. */
  readonly status: (text: string) => void;
}

export interface Progress {
  /** Shows that `work` goes on, until it has ended. */
  readonly during: <Value>(title: string, work: (activity: Activity) => Promise<Value>) => Promise<Value>;
  /** What a person should know although nothing failed. */
  readonly notice: (text: string) => void;
}

export interface ProgressParts {
  readonly write: (text: string) => void;
  /** A terminal gets a spinner, anything else plain lines. */
  readonly terminal: boolean;
  readonly colors: boolean;
  readonly columns: () => number;
  readonly clock: Clock;
}

export const silentProgress: Progress = {
  during: (_title, work) => work({ line: () => undefined, status: () => undefined }),
  notice: () => undefined,
};

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 80;
const CLEAR_LINE = '\r\u{1b}[2K';

export function createProgress(parts: ProgressParts): Progress {
  return {
    during: (title, work) => (parts.terminal ? spin(parts, title, work) : tell(parts, title, work)),
    notice: (text) => parts.write(`note: ${safe(text)}\n`),
  };
}

async function tell<Value>(
  { write }: ProgressParts,
  title: string,
  work: (activity: Activity) => Promise<Value>,
): Promise<Value> {
  write(`${title} …\n`);
  return work({ line: (text) => write(`${safe(text)}\n`), status: () => undefined });
}

async function spin<Value>(
  parts: ProgressParts,
  title: string,
  work: (activity: Activity) => Promise<Value>,
): Promise<Value> {
  const { write, clock, columns } = parts;
  const paint = (style: 'cyan' | 'dim' | 'green' | 'red', text: string): string =>
    parts.colors ? styleText(style, text, { validateStream: false }) : text;
  let status = '';
  let frame = 0;
  const draw = (): void => {
    const text = (status === '' ? title : `${title}: ${status}`).slice(0, Math.max(10, columns() - 4));
    write(`${CLEAR_LINE}${paint('cyan', FRAMES[frame % FRAMES.length] ?? '')} ${text}`);
  };
  const stop = new AbortController();
  const turning = (async () => {
    while (!stop.signal.aborted) {
      draw();
      frame += 1;
      await clock.sleep(FRAME_MS, stop.signal).catch(() => undefined);
    }
  })();
  let mark = paint('red', '✗');
  try {
    const value = await work({
      line: (text) => {
        write(`${CLEAR_LINE}${paint('dim', safe(text))}\n`);
        draw();
      },
      status: (text) => {
        status = safe(text);
      },
    });
    mark = paint('green', '✓');
    return value;
  } finally {
    stop.abort();
    await turning;
    write(`${CLEAR_LINE}${mark} ${title}\n`);
  }
}

/** Logs come from scripts and packages: nothing in them may steer the terminal. */
function safe(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/[\p{Cc}--\t]/gv, '');
}
