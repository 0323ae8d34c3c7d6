import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A program as somebody would write it for a key management service; its key never leaves it. */
const PROGRAM = `
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { appendFileSync, readFileSync } from 'node:fs';
const key = Buffer.alloc(32, 3);
const [calls, what] = process.argv.slice(2);
appendFileSync(calls, what + '\\n');
const input = readFileSync(0, 'utf8').trim();
if (what === 'wrap') {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const sealed = Buffer.concat([nonce, cipher.update(Buffer.from(input, 'base64')), cipher.final(), cipher.getAuthTag()]);
  console.log('service:v1:' + sealed.toString('base64'));
} else {
  const sealed = Buffer.from(input.slice('service:v1:'.length), 'base64');
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12), { authTagLength: 16 });
  decipher.setAuthTag(sealed.subarray(-16));
  console.log(Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]).toString('base64'));
}
`;

/** The lines for `MASTER_KEY_COMMAND`, the file where it writes down how it was called, and the folder to remove. */
export function keyService(program = PROGRAM) {
  const folder = mkdtempSync(join(tmpdir(), 'chronicle-key-service-'));
  const [script, calls] = [join(folder, 'service.mjs'), join(folder, 'calls')];
  writeFileSync(script, program);
  writeFileSync(calls, '');
  return { command: `${process.execPath} ${script} ${calls}`, calls, folder };
}
