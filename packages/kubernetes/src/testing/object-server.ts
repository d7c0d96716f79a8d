/** Objects of one kind behind the wire, listed and watched as an API server does it, with its faults on demand. */
import type { ServerResponse } from 'node:http';

import type { KubernetesObject } from '../objects.ts';
import { answerJson, answerStatus, startWireServer } from './wire-server.ts';
import type { WireRequest, WireServer } from './wire-server.ts';

interface StoredEvent {
  readonly version: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubernetesObject;
}

export class ObjectServer implements AsyncDisposable {
  readonly objects = new Map<string, KubernetesObject>();
  readonly watches = new Set<ServerResponse>();
  #version = 100;
  #oldest = 0;
  #history: StoredEvent[] = [];
  #wire: WireServer | undefined;
  #port = 0;
  #lists = 0;

  async start(): Promise<void> {
    this.#wire = await startWireServer((request, response) => this.#answer(request, response), { port: this.#port });
    this.#port = Number(new URL(this.#wire.connection.server).port);
  }

  get connection(): WireServer['connection'] {
    if (this.#wire === undefined) {
      throw new Error('The server was not started.');
    }
    return this.#wire.connection;
  }

  get lists(): number {
    return this.#lists;
  }

  get version(): string {
    return String(this.#version);
  }

  /** It goes away, with all its connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#wire?.[Symbol.asyncDispose]();
    this.watches.clear();
  }

  put(name: string, more: object = {}): void {
    const known = this.objects.get(name);
    this.#version += 1;
    const object = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name,
        namespace: 'n',
        uid: known?.metadata.uid ?? `uid-${this.#version}`,
        resourceVersion: this.version,
        managedFields: [{ manager: 'somebody' }],
      },
      ...more,
    };
    this.objects.set(name, object);
    this.#tell({ version: this.#version, type: known === undefined ? 'ADDED' : 'MODIFIED', object });
  }

  remove(name: string): void {
    const known = this.objects.get(name);
    if (known !== undefined) {
      this.#version += 1;
      this.objects.delete(name);
      const object = { ...known, metadata: { ...known.metadata, resourceVersion: this.version } };
      this.#tell({ version: this.#version, type: 'DELETED', object });
    }
  }

  bookmark(): void {
    this.#send({ type: 'BOOKMARK', object: { metadata: { resourceVersion: this.version } } });
  }

  /** Forgets the past: who resumes from before now has to list. */
  compact(): void {
    this.#oldest = this.#version;
    this.#history = [];
  }

  /** As after a restore from a backup: versions begin again. */
  goBack(): void {
    this.#version = 10;
    this.compact();
  }

  endWatches(how: 'end' | 'break' | 'expire' | 'half a line'): void {
    for (const response of this.watches) {
      if (how === 'expire') {
        response.write(
          `${JSON.stringify({ type: 'ERROR', object: { kind: 'Status', metadata: {}, code: 410, reason: 'Expired' } })}\n`,
        );
      }
      if (how === 'half a line') {
        response.write('{"type":"ADDED","object":{"meta');
      }
      if (how === 'break') {
        response.destroy();
      } else {
        response.end();
      }
    }
    this.watches.clear();
  }

  #answer({ url }: WireRequest, response: ServerResponse): void {
    if (url.searchParams.get('watch') !== 'true') {
      this.#lists += 1;
      const items = [...this.objects.values()].map(({ metadata, ...rest }) => ({ metadata, ...rest }));
      answerJson(response, { metadata: { resourceVersion: this.version }, items });
      return;
    }
    const since = Number(url.searchParams.get('resourceVersion'));
    if (since < this.#oldest) {
      answerStatus(response, 410, 'Expired', { message: 'too old resource version' });
      return;
    }
    if (since > this.#version) {
      answerStatus(response, 504, 'Timeout', { details: { causes: [{ reason: 'ResourceVersionTooLarge' }] } });
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
    for (const event of this.#history.filter(({ version }) => version > since)) {
      response.write(lineOf(event));
    }
    this.watches.add(response);
    response.on('close', () => this.watches.delete(response));
  }

  #tell(event: StoredEvent): void {
    this.#history.push(event);
    this.#send(event);
  }

  #send(event: Pick<StoredEvent, 'type'> | { readonly type: string; readonly object: unknown }): void {
    for (const response of this.watches) {
      response.write(lineOf(event));
    }
  }
}

function lineOf({ type, object }: { readonly type: string; readonly object?: unknown }): string {
  return `${JSON.stringify({ type, object })}\n`;
}
