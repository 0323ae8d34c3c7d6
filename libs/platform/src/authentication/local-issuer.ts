import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { ROLE_CLAIM, type TokenRules } from './token-verifier.js';

const ALGORITHM = 'EdDSA';
const ISSUER = 'urn:chronicle:local-issuer';
const AUDIENCE = 'chronicle-crm';
const OWNER_ONLY = 0o600;

/** Makes tokens for whoever may read the data folder, who has everything in hand anyway. Not for production. */
export class LocalIssuer {
  private constructor(private readonly key: KeyObject) {}

  /**
   * The issuer of a data folder, with a key pair that is made when it is first asked for.
   * @throws Error when others can read its key.
   */
  static of(dataDir: string): LocalIssuer {
    const folder = join(dataDir, 'issuer');
    const file = join(folder, 'key.pem');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (!statSync(file, { throwIfNoEntry: false })) makeKey(folder, file);
    if (process.platform !== 'win32' && statSync(file).mode & 0o077)
      throw new Error(`${file} can be read by others, who could make tokens: chmod 600, or delete it for a new one.`);
    return new LocalIssuer(createPrivateKey(readFileSync(file)));
  }

  /** What tokens of this issuer have to be like. */
  get rules(): TokenRules {
    const publicKey = createPublicKey(this.key);
    return { issuer: ISSUER, audience: AUDIENCE, algorithms: [ALGORITHM], keys: async () => publicKey };
  }

  /** A token for whoever has this e-mail, for one role only if it is named. */
  token(email: string, { role, seconds }: { readonly role?: string; readonly seconds: number }): Promise<string> {
    return new SignJWT({ email, email_verified: true, ...(role && { [ROLE_CLAIM]: role }) })
      .setProtectedHeader({ alg: ALGORITHM })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setSubject(email)
      .setIssuedAt()
      .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
      .sign(this.key);
  }
}

/** The API and the command line may ask at the same time: the first one's key is linked into place, and whole. */
function makeKey(folder: string, file: string): void {
  const { privateKey } = generateKeyPairSync('ed25519');
  const draft = join(folder, randomUUID());
  writeFileSync(draft, privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: OWNER_ONLY, flag: 'wx' });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(draft);
  }
}
