import { createCipheriv, createDecipheriv, createHmac, hash } from 'node:crypto';
import { fewRandomBytes } from './random.js';

const SECRET = 32;
const NONCE = 12;
const NONCE_IN_BASE64 = 16;
const TAG = 16;

/** The key of one person, as this process works with it. */
export class PersonKey {
  private readonly encrypts: Buffer;
  private readonly secret: string;

  constructor(secret: Buffer) {
    this.secret = secret.toString('hex');
    this.encrypts = derived(secret, 'encrypt');
  }

  static newSecret(): Buffer {
    return fewRandomBytes(SECRET);
  }

  /**
   * AES-256-GCM; nonce, ciphertext and tag in base64. The nonce is made of the secret and all that goes in, so that an append that is
   * repeated writes the same bytes. Another text or another place gets another nonce, which is what GCM needs: no two messages share one.
   * It is a hash and no HMAC, which takes twice as long: with 12 of its 32 bytes nobody can go on hashing.
   * @param place Bound to the result: it opens nowhere else.
   */
  encrypt(text: string, place: string): string {
    const message = `chronicle-nonce\n${this.secret}\n${place.length}\n${place}${text}`;
    const nonce = hash('sha256', message, 'base64').slice(0, NONCE_IN_BASE64);
    const cipher = createCipheriv('aes-256-gcm', this.encrypts, Buffer.from(nonce, 'base64'));
    cipher.setAAD(Buffer.from(place));
    return nonce + Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64');
  }

  /** The same for the same text, and for nobody without this key. In hex. */
  fingerprint(text: string): string {
    const key = derived(Buffer.from(this.secret, 'hex'), 'nonce');
    return createHmac('sha256', key).update(`fingerprint\n${text}`).digest('hex');
  }

  /** @throws Error for what was altered, moved, or encrypted with another key. */
  decrypt(encrypted: string, place: string): string {
    const bytes = Buffer.from(encrypted, 'base64');
    const decipher = createDecipheriv('aes-256-gcm', this.encrypts, bytes.subarray(0, NONCE), { authTagLength: TAG });
    decipher.setAAD(Buffer.from(place)).setAuthTag(bytes.subarray(-TAG));
    return decipher.update(bytes.subarray(NONCE, -TAG), undefined, 'utf8') + decipher.final('utf8');
  }
}

const derived = (secret: Buffer, purpose: string) =>
  createHmac('sha256', secret).update(`chronicle-${purpose}`).digest();
