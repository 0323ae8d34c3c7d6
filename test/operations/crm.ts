import { jest } from '@jest/globals';
import { Command } from 'commander';

/** Runs a command of the command line in this process; what it printed, and its exit code. */
export async function crm(
  add: (program: Command) => void,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<{ out: string; code: number }> {
  const program = new Command('crm').exitOverride();
  add(program);
  const before = { ...process.env };
  Object.assign(process.env, { LOG_LEVEL: 'silent', ...environment });
  process.exitCode = 0;
  let out = '';
  const written = jest.spyOn(process.stdout, 'write').mockImplementation(text => {
    out += String(text);
    return true;
  });
  const silenced = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return { out, code: Number(process.exitCode) };
  } finally {
    written.mockRestore();
    silenced.mockRestore();
    process.exitCode = 0;
    process.env = before;
  }
}
