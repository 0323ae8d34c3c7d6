import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { KeyCommand } from './key-command.js';
import { addMasterKey, dropOldMasterKeys, masterKeyFile } from './master-key-file.js';
import { keyService } from './testing/key-service.js';

const services: ReturnType<typeof keyService>[] = [];
function service(program?: string) {
  const made = keyService(program);
  services.push(made);
  return { ...made, file: join(made.folder, 'keys', 'master.key') };
}
afterEach(() => {
  for (const { folder } of services.splice(0)) rmSync(folder, { recursive: true });
});

const ids = async (file: string, command?: KeyCommand) =>
  (await (await masterKeyFile(file, command))()).map(({ id }) => id);

describe('A master key that a key management service wraps', () => {
  it('stands in its file as the service made it, and is asked for once per process', async () => {
    const { command, calls, file } = service();
    const masters = await masterKeyFile(file, new KeyCommand(command));
    const [key] = await masters();
    expect(await masters()).toEqual([key]);
    expect(readFileSync(file, 'utf8')).toMatch(/^wrapped:service:v1:\S{80}\n$/);
    expect((statSync(file).mode & 0o777).toString(8)).toBe('600');
    // Wrapped, tried out, and opened.
    expect(readFileSync(calls, 'utf8')).toBe('wrap\nunwrap\nunwrap\n');
    expect(await ids(file, new KeyCommand(command))).toEqual([key!.id]);
  });

  it('takes the place of one in clear, while processes go on', async () => {
    const { command: line, calls, file } = service();
    const [old] = await ids(file);
    const command = new KeyCommand(line);
    const running = await masterKeyFile(file, command);
    expect((await running()).map(({ id }) => id)).toEqual([old]);
    await addMasterKey(file, command);
    const both = (await running()).map(({ id }) => id);
    expect(both).toEqual([expect.not.stringMatching(old!), old]);
    dropOldMasterKeys(file);
    expect((await running()).map(({ id }) => id)).toEqual([both[0]]);
    expect(readFileSync(file, 'utf8')).toMatch(/^wrapped:\S+\n$/);
    expect(readFileSync(calls, 'utf8')).toBe('wrap\nunwrap\nunwrap\n');
  });

  it('is not read without the service, and the error says what is missing', async () => {
    const { command, file } = service();
    await ids(file, new KeyCommand(command));
    await expect(ids(file)).rejects.toThrow('is wrapped: MASTER_KEY_COMMAND has to name what unwraps it');
  });

  it('is asked for again after the service was away', async () => {
    const { command, folder, file } = service();
    const [id] = await ids(file, new KeyCommand(command));
    const script = join(folder, 'service.mjs');
    const program = readFileSync(script, 'utf8');
    writeFileSync(script, 'console.error("no route to the service"); process.exit(1);');
    const masters = await masterKeyFile(file, new KeyCommand(command));
    await expect(masters()).rejects.toThrow(/ unwrap\) failed: no route to the service$/);
    writeFileSync(script, program);
    expect((await masters())[0]!.id).toBe(id);
  });
});

describe('A program that wraps keys is refused', () => {
  const key = randomBytes(32);

  it('when there is none', async () => {
    await expect(new KeyCommand('/nowhere/kms').wrap(key)).rejects.toThrow(
      'MASTER_KEY_COMMAND (/nowhere/kms wrap) failed: ended with ENOENT',
    );
  });

  it('when it hangs, and does not go on', async () => {
    const { command } = service('setInterval(() => {}, 1_000);');
    await expect(new KeyCommand(command, 500).wrap(key)).rejects.toThrow('failed: took longer than 0.5 s');
  });

  it.each([
    ['answers nothing', '', 'wrap) answered no text without white space'],
    ['answers several words', 'console.log("AccessDenied for crm")', 'wrap) answered no text without white space'],
    ['answers what is no key', 'console.log("c2hvcnQ=")', 'unwrap) answered no key of 32 bytes in base64'],
    ['opens another key', `console.log("${Buffer.alloc(32).toString('base64')}")`, 'unwrap) answered another key'],
    ['fails without a word', 'process.exit(7)', 'wrap) failed: ended with 7'],
  ])('when it %s', async (_, program, message) => {
    const { command } = service(program);
    await expect(new KeyCommand(command).wrap(key)).rejects.toThrow(message);
  });

  it('and what it answered is not repeated: it may be a key', async () => {
    const secret = key.toString('base64');
    const { command } = service(`console.log("${secret}"); console.error("denied"); process.exit(1)`);
    await expect(new KeyCommand(command).unwrap('x')).rejects.toThrow(
      expect.objectContaining({ message: expect.not.stringContaining(secret) }),
    );
  });

  it('and nothing of its line is read by a shell', async () => {
    const { command, folder } = service();
    await new KeyCommand(`${command}$(touch ${join(folder, 'touched')})`).wrap(key).catch(() => undefined);
    expect(statSync(join(folder, 'touched'), { throwIfNoEntry: false })).toBeUndefined();
  });
});
