/** Brings a blob to a registry: found there, mounted from a neighbour, or sent; a broken upload goes on where it was. */
import { FarledError } from '@farled/contract';

import { type BlobName, hasBlob } from './blobs.ts';
import type { Answer, Connections } from './connection.ts';
import { RegistryRefusal } from './failure.ts';
import { repositoryOf } from './manifests.ts';
import type { Repository } from './reference.ts';
import { isPassingFault, withRetries } from './retry.ts';

export interface Upload extends BlobName {
  /** The bytes from some byte on; called again when an upload has to go on or to start anew. */
  readonly read: (start: number) => AsyncIterable<Uint8Array>;
  /** A repository on the same host that is known to have it. */
  readonly mountFrom?: string;
  /** Not to be looked for: it is known that it isn't there. */
  readonly known?: 'missing';
}

export interface Uploaded {
  readonly how: 'there' | 'mounted' | 'sent';
  readonly sentBytes: number;
}

/** Up to this size in one request, without a session in between. */
const SINGLE_REQUEST_BYTES = 1024 * 1024;

export async function uploadBlob(
  connections: Connections,
  to: Repository,
  upload: Upload,
  signal: AbortSignal,
): Promise<Uploaded> {
  if (upload.known !== 'missing' && (await hasBlob(connections, to, upload.digest, signal))) {
    return { how: 'there', sentBytes: 0 };
  }
  let sentBytes = 0;
  const { clock, log } = connections;
  return withRetries(
    {
      clock,
      signal,
      onRetry: (error, waitMs) =>
        log.warn({ err: error, registry: to.host, repository: to.repository, waitMs }, 'Upload starts anew'),
    },
    async (attempt) => {
      const session = await beginSession(
        connections,
        to,
        attempt === 1 ? upload : { ...upload, mountFrom: undefined },
        signal,
      );
      if (session === 'mounted') {
        return { how: 'mounted', sentBytes };
      }
      const send = new Session(connections, to, upload, session, signal);
      try {
        await send.all();
      } finally {
        sentBytes += send.sentBytes;
      }
      return { how: 'sent', sentBytes };
    },
  );
}

async function beginSession(
  connections: Connections,
  to: Repository,
  { digest, mountFrom }: { readonly digest: string; readonly mountFrom?: string | undefined },
  signal: AbortSignal,
): Promise<URL | 'mounted'> {
  const mount = mountFrom === undefined ? '' : `?mount=${digest}&from=${encodeURIComponent(mountFrom)}`;
  const answer = await connections.send({
    method: 'POST',
    to: repositoryOf(to),
    path: `blobs/uploads/${mount}`,
    what: `pushing the layer ${digest}`,
    access: 'push',
    ...(mountFrom === undefined ? {} : { alsoPull: [mountFrom] }),
    headers: { 'content-length': '0' },
    expect: [201, 202],
    signal,
  });
  await answer.body.dump();
  return answer.status === 201 ? 'mounted' : locationOf(answer, to);
}

function locationOf(answer: Answer, { host, repository }: Repository): URL {
  const location = answer.header('location');
  if (location === undefined || !URL.canParse(location, answer.url.href)) {
    throw new FarledError(
      'RegistryUnavailable',
      `${host}/${repository}: the registry does not say where to send a layer: its answer has no usable Location.`,
    );
  }
  return new URL(location, answer.url);
}

/** One upload that the registry keeps the state of, under an address that changes with each part. */
class Session {
  sentBytes = 0;
  readonly #connections: Connections;
  readonly #to: Repository;
  readonly #upload: Upload;
  readonly #signal: AbortSignal;
  #location: URL;

  constructor(connections: Connections, to: Repository, upload: Upload, location: URL, signal: AbortSignal) {
    this.#connections = connections;
    this.#to = repositoryOf(to);
    this.#upload = upload;
    this.#location = location;
    this.#signal = signal;
  }

  async all(): Promise<void> {
    const { size } = this.#upload;
    if (size <= SINGLE_REQUEST_BYTES) {
      await this.#finish(0);
      return;
    }
    let at = 0;
    let withoutProgress = 0;
    while (at < size) {
      const before = at;
      try {
        at = await this.#sendFrom(at);
      } catch (error) {
        if (!isPassingFault(error)) {
          throw error;
        }
        const kept = await this.#status(error);
        this.#connections.log.warn(
          { err: error, registry: this.#to.host, repository: this.#to.repository, at: kept, size },
          'Upload goes on after a break',
        );
        at = kept;
      }
      withoutProgress = at > before ? 0 : withoutProgress + 1;
      if (withoutProgress > 2) {
        throw new FarledError(
          'RegistryUnavailable',
          `${this.#to.host}/${this.#to.repository}: the registry takes no more than ${at} of ${size} bytes of a layer.`,
          { suggestion: `Look at the log of ${this.#to.host}, and at the room on its disk.` },
        );
      }
    }
    await this.#finish(size);
  }

  /** Sends the rest; answers up to where the registry has it. */
  async #sendFrom(start: number): Promise<number> {
    const { size, digest } = this.#upload;
    const answer = await this.#connections.send({
      method: 'PATCH',
      to: this.#to,
      path: this.#location,
      what: `pushing the layer ${digest}`,
      access: 'push',
      headers: {
        'content-type': 'application/octet-stream',
        'content-length': String(size - start),
        ...(start === 0 ? {} : { 'content-range': `${start}-${size - 1}` }),
      },
      body: () => this.#counted(start),
      expect: [202, 204],
      signal: this.#signal,
    });
    await answer.body.dump();
    this.#location = locationOf(answer, this.#to);
    return endOfRange(answer) ?? size;
  }

  /** Up to where the registry has it after a break. One that doesn't tell loses what it got: the upload starts anew. */
  async #status(broken: unknown): Promise<number> {
    let answer: Answer;
    try {
      answer = await this.#connections.repeat({
        method: 'GET',
        to: this.#to,
        path: this.#location,
        what: 'asking for the state of an upload',
        access: 'push',
        expect: [200, 202, 204],
        signal: this.#signal,
      });
    } catch (error) {
      this.#signal.throwIfAborted();
      throw error instanceof RegistryRefusal ? broken : error;
    }
    await answer.body.dump();
    if (answer.header('location') !== undefined) {
      this.#location = locationOf(answer, this.#to);
    }
    const end = endOfRange(answer);
    if (end === undefined) {
      throw broken;
    }
    return end;
  }

  /** The last request, with all that is left; registries check the digest before they answer. */
  async #finish(start: number): Promise<void> {
    const { size, digest } = this.#upload;
    const url = new URL(this.#location);
    url.searchParams.set('digest', digest);
    const answer = await this.#connections.send({
      method: 'PUT',
      to: this.#to,
      path: url,
      what: `pushing the layer ${digest}`,
      access: 'push',
      headers: {
        'content-length': String(size - start),
        ...(size === start ? {} : { 'content-type': 'application/octet-stream' }),
      },
      ...(size === start ? {} : { body: () => this.#counted(start) }),
      expect: [201, 204],
      signal: this.#signal,
    });
    await answer.body.dump();
  }

  async *#counted(start: number): AsyncGenerator<Uint8Array> {
    for await (const chunk of this.#upload.read(start)) {
      this.#signal.throwIfAborted();
      this.sentBytes += chunk.length;
      yield chunk;
    }
  }
}

/** `Range: 0-<last byte>`. With `0-0` registries mean nothing as well as one byte; nothing is the safe reading. */
function endOfRange(answer: Answer): number | undefined {
  const last = /^(?:bytes=)?0-(\d+)$/.exec(answer.header('range') ?? '')?.[1];
  return last === undefined ? undefined : last === '0' ? 0 : Number(last) + 1;
}
