/** Certificates from files, and anew when those change. One that can't be used leaves the one before it in use. */
import { readFile } from 'node:fs/promises';

import { FarledError } from '@farled/contract';
import { type Cancel, type Clock, type Logger } from '@farled/service';

import { type Certificate, choose, type Pair, readCertificate, whyUnusable } from './certificate.ts';

/** Paths. */
export interface CertificateFile {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateFilesParts {
  /** The first is for clients that ask for no name, or for one that none has. */
  readonly files: readonly CertificateFile[];
  readonly clock: Clock;
  readonly log: Logger;
}

/** Files are small, and mounted ones are replaced in ways that no watch of the system tells. */
const LOOK_MS = 2000;
const SOON_MS = 14 * 24 * 60 * 60 * 1000;

interface Kept {
  readonly file: CertificateFile;
  certificate: Certificate;
  /** What was wrong with the files when they were looked at last. */
  fault: string | null;
}

export class CertificateFiles implements Disposable {
  readonly #kept: readonly Kept[];
  readonly #clock: Clock;
  readonly #log: Logger;
  #cancel: Cancel | null = null;
  #certificates: readonly Certificate[];
  #onChange: () => void = () => {};

  private constructor(kept: readonly Kept[], { clock, log }: CertificateFilesParts) {
    this.#kept = kept;
    this.#clock = clock;
    this.#log = log;
    this.#certificates = kept.map(({ certificate }) => certificate);
    this.#lookLater();
  }

  /**
   * One that has ended is used all the same, with a warning: clients are told more by it than by a port that is closed.
   *
   * @throws FarledError BadArgument naming the files of the pair that can't be used, and why.
   */
  static async open(parts: CertificateFilesParts): Promise<CertificateFiles> {
    const kept = await Promise.all(
      parts.files.map(async (file) => {
        try {
          return { file, certificate: readCertificate(await readPair(file)), fault: null };
        } catch (error) {
          throw new FarledError('BadArgument', `TLS can't begin with ${file.cert} and ${file.key}: ${words(error)}.`, {
            suggestion: 'Give a certificate with its chain, and its key without a pass phrase, both in PEM.',
          });
        }
      }),
    );
    const files = new CertificateFiles(kept, parts);
    kept.forEach((one) => files.#warnOfEnd(one));
    return files;
  }

  get default(): Certificate {
    return this.#certificates[0] as Certificate;
  }

  forName(name: string): Certificate {
    return choose(this.#certificates, name) ?? this.default;
  }

  /** Called when a certificate was replaced. */
  onChange(run: () => void): void {
    this.#onChange = run;
  }

  /** Looks at the files now. Goes by itself, too. */
  async look(): Promise<void> {
    const changes = await Promise.all(this.#kept.map((one) => this.#lookAt(one)));
    if (changes.includes(true)) {
      this.#certificates = this.#kept.map(({ certificate }) => certificate);
      this.#onChange();
    }
  }

  [Symbol.dispose](): void {
    this.#cancel?.();
  }

  async #lookAt(kept: Kept): Promise<boolean> {
    const { file } = kept;
    try {
      const pair = await readPair(file);
      if (pair.cert === kept.certificate.pair.cert && pair.key === kept.certificate.pair.key) {
        kept.fault = null;
        return false;
      }
      const certificate = readCertificate(pair);
      const why = whyUnusable(certificate, this.#clock.now());
      if (why !== null) {
        throw new Error(why);
      }
      kept.certificate = certificate;
      kept.fault = null;
      const { fingerprint, names } = certificate;
      this.#log.info(
        { cert: file.cert, fingerprint, names, validTo: isoOf(certificate) },
        'A certificate was replaced',
      );
      this.#warnOfEnd(kept);
      return true;
    } catch (error) {
      const fault = words(error);
      if (fault !== kept.fault) {
        kept.fault = fault;
        this.#log.warn({ ...file, fault }, 'New files of a certificate are not used; the one before stays');
      }
      return false;
    }
  }

  #warnOfEnd({ file, certificate }: Kept): void {
    if (certificate.validTo - this.#clock.now() < SOON_MS) {
      this.#log.warn({ cert: file.cert, validTo: isoOf(certificate) }, 'A certificate ends soon, or has ended');
    }
  }

  #lookLater(): void {
    this.#cancel = this.#clock.after(LOOK_MS, () => {
      void this.look().finally(() => this.#lookLater());
    });
  }
}

async function readPair({ cert, key }: CertificateFile): Promise<Pair> {
  const [certText, keyText] = await Promise.all([readFile(cert, 'utf8'), readFile(key, 'utf8')]);
  return { cert: certText, key: keyText };
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function isoOf({ validTo }: Certificate): string {
  return new Date(validTo).toISOString();
}
