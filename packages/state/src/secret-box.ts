/** Encryption at rest: AES-256-GCM, bound to what the secret belongs to. */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

import { FarledError } from '@farled/contract';

const IV_BYTES = 12;
const TAG_BYTES = 16;
const VERSION = 'v1';

export class SecretBox {
  readonly #key: Buffer;

  constructor(key: Buffer) {
    if (key.length !== 32) {
      throw new FarledError('BadArgument', `The secret key has ${key.length} bytes instead of 32.`);
    }
    this.#key = key;
  }

  /** `owner` must be named again to open it: a sealed secret copied to another row stays shut. */
  seal(secret: string, owner: string): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#key, iv).setAAD(Buffer.from(owner));
    const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    return `${VERSION}.${Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url')}`;
  }

  /** Hexadecimal digest by which equal texts are known without their being known: only who has the key can compare. */
  fingerprint(text: string): string {
    return createHmac('sha256', this.#key).update(`fingerprint\0${text}`).digest('hex');
  }

  /** @throws FarledError InternalError when the key or the owner is another, or the bytes were changed. */
  open(sealed: string, owner: string): string {
    try {
      const [version, payload = ''] = sealed.split('.');
      const bytes = Buffer.from(payload, 'base64url');
      if (version !== VERSION || bytes.length < IV_BYTES + TAG_BYTES) {
        throw new Error('Not a sealed secret');
      }
      const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, IV_BYTES), {
        authTagLength: TAG_BYTES,
      })
        .setAAD(Buffer.from(owner))
        .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
    } catch (error) {
      throw new FarledError('InternalError', 'A secret in the record can not be read with this secret key.', {
        suggestion: 'Start with the secret.key that the record was written with.',
        cause: error,
      });
    }
  }
}
