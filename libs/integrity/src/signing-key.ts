import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** SHA-256 of a public key in DER (SubjectPublicKeyInfo), hex: what people compare. */
export function fingerprintOf(key: KeyObject): string {
  return createHash('sha256')
    .update(createPublicKeyOf(key).export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

const createPublicKeyOf = (key: KeyObject) => (key.type === 'private' ? createPublicKey(key) : key);

export const publicPem = (key: KeyObject): string =>
  createPublicKeyOf(key).export({ type: 'spki', format: 'pem' }).toString();

/**
 * The private key in a file; made where there is none, for its owner's eyes only. Beside it stands the public one, `….pub`.
 * @throws Error when the file holds something else than an Ed25519 key.
 */
export function signingKey(file: string): KeyObject {
  if (!existsSync(file)) create(file);
  const key = ed25519(createPrivateKey(readFileSync(file)), file);
  if (!existsSync(`${file}.pub`)) writeFileSync(`${file}.pub`, publicPem(key));
  return key;
}

/** A public key in a PEM file; of a private one its public half. @throws Error for anything but an Ed25519 key. */
export const publicKey = (file: string): KeyObject => ed25519(createPublicKey(readFileSync(file)), file);

function ed25519(key: KeyObject, file: string): KeyObject {
  if (key.asymmetricKeyType !== 'ed25519') throw new Error(`${file} is not an Ed25519 key in PEM.`);
  return key;
}

function create(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, pem, { mode: 0o600, flag: 'wx' });
  try {
    // Of two processes that start at once one wins, and both read the same whole file.
    linkSync(mine, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(mine);
  }
}
