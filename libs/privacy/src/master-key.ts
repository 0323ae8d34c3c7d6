import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import { fewRandomBytes } from './random.js';

/**
 * What wraps the keys of persons. It is held in memory: a key management service wraps it in turn (`KeyCommand`), and is not asked for
 * each of a hundred thousand persons.
 */
export interface MasterKey {
  /** Which key it is; stands beside what it wraps. */
  readonly id: string;
  /** @param person Bound to the result: it opens for nobody else. */
  wrap(key: Buffer, person: string): Promise<Buffer>;
  /** @throws Error for what this key did not wrap for this person. */
  unwrap(wrapped: Buffer, person: string): Promise<Buffer>;
}

/** The master keys that are accepted; the first one wraps what is new. */
export type Masters = readonly [MasterKey, ...MasterKey[]];

/** Asked anew each time, because they change while we run. */
export type MasterKeys = () => Masters | Promise<Masters>;

export const MASTER_KEY_BYTES = 32;
const NONCE = 12;
const TAG = 16;

/** A master key that is held in memory: AES-256-GCM. */
export function localMasterKey(secret: Buffer): MasterKey {
  if (secret.length !== MASTER_KEY_BYTES) throw new Error('A master key has 32 bytes: 44 characters in base64.');
  return {
    id: createHash('sha256').update('chronicle-master-key\n').update(secret).digest('hex').slice(0, 16),
    wrap: async (key, person) => {
      const nonce = fewRandomBytes(NONCE);
      const cipher = createCipheriv('aes-256-gcm', secret, nonce).setAAD(Buffer.from(person));
      return Buffer.concat([nonce, cipher.update(key), cipher.final(), cipher.getAuthTag()]);
    },
    unwrap: async (wrapped, person) => {
      const decipher = createDecipheriv('aes-256-gcm', secret, wrapped.subarray(0, NONCE), { authTagLength: TAG });
      decipher.setAAD(Buffer.from(person)).setAuthTag(wrapped.subarray(-TAG));
      return Buffer.concat([decipher.update(wrapped.subarray(NONCE, -TAG)), decipher.final()]);
    },
  };
}

/** Master keys in base64, separated by commas or white space, the current one first. @throws Error for anything else. */
export function masterKeysIn(text: string): Masters {
  const [first, ...others] = text
    .split(/[\s,]+/)
    .filter(Boolean)
    .map(key => localMasterKey(Buffer.from(key, 'base64')));
  if (!first) throw new Error('There is no master key.');
  return [first, ...others];
}
