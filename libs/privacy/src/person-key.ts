import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

const NONCE = 12;
const TAG = 16;

/** The key of one person, as this process works with it: one half encrypts, the other one makes nonces. */
export class PersonKey {
  private readonly encrypts: Buffer;
  private readonly nonces: Buffer;

  constructor(secret: Buffer) {
    const derived = (purpose: string) => createHmac('sha256', secret).update(`chronicle-${purpose}`).digest();
    this.encrypts = derived('encrypt');
    this.nonces = derived('nonce');
  }

  static newSecret(): Buffer {
    return randomBytes(32);
  }

  /**
   * AES-256-GCM; nonce, ciphertext and tag in base64. The nonce is made of all that goes in, so that an append that is repeated writes the
   * same bytes. Another text or another place gets another nonce, which is what GCM needs: no two messages share one.
   * @param place Bound to the result: it opens nowhere else.
   */
  encrypt(text: string, place: string): string {
    const message = `${place.length}\n${place}${text}`;
    const nonce = createHmac('sha256', this.nonces).update(message).digest().subarray(0, NONCE);
    const cipher = createCipheriv('aes-256-gcm', this.encrypts, nonce).setAAD(Buffer.from(place));
    return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64');
  }

  /** The same for the same text, and for nobody without this key. In hex. */
  fingerprint(text: string): string {
    return createHmac('sha256', this.nonces).update(`fingerprint\n${text}`).digest('hex');
  }

  /** @throws Error for what was altered, moved, or encrypted with another key. */
  decrypt(encrypted: string, place: string): string {
    const bytes = Buffer.from(encrypted, 'base64');
    const decipher = createDecipheriv('aes-256-gcm', this.encrypts, bytes.subarray(0, NONCE), { authTagLength: TAG });
    decipher.setAAD(Buffer.from(place)).setAuthTag(bytes.subarray(-TAG));
    return decipher.update(bytes.subarray(NONCE, -TAG), undefined, 'utf8') + decipher.final('utf8');
  }
}
