const DISK = /ENOSPC|EDQUOT|No space left on device|Disk quota exceeded|Check free disk space/;
const PERMISSION = /EACCES|EPERM|EROFS|Permission denied|Read-only file system/;
const SYSTEM = /^E[A-Z]+: /;

/** What went wrong in the folder of the embedded Postgres, as a sentence that says what to do; sentences of ours as they are. */
export function troubleWith(folder: string, cause: unknown): Error {
  const message = cause instanceof Error ? cause.message : String(cause).replace(/^Error: /, '');
  const trouble = (text: string) => new Error(`${text} (${message})`, { cause });
  if (DISK.test(message)) return trouble(`The disk of ${folder} is full. Make room, or set DATA_DIR elsewhere.`);
  if (PERMISSION.test(message)) {
    return trouble(
      `This user may not use the database folder ${folder}. Start as the user it belongs to, or set DATA_DIR to a folder that you may write.`,
    );
  }
  if (SYSTEM.test(message))
    return trouble(`The database folder ${folder} cannot be used. Set DATA_DIR to another one.`);
  return new Error(message, { cause });
}

/** What matters in the many lines of a Postgres program that failed. */
export function reasonIn(output: string): string {
  const telling = output.split('\n').filter(line => /FATAL|PANIC|ERROR|HINT|error:/.test(line));
  return telling.length > 0 ? telling.join(' ') : output.trim().slice(-500) || 'it said nothing';
}
