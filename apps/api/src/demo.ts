import { parseArgs } from 'node:util';
import { runDemo } from '#apps/demo/src/run-demo.js';
import type { System } from '#apps/system/src/system.js';

const SEED = 20_260_101;
const USUAL_SIZE = 1_500;

export interface DemoRequest {
  readonly opportunities: number;
}

/** `--demo [--opportunities N]`. @throws Error for other arguments, naming what is allowed. */
export function demoRequest(args: readonly string[]): DemoRequest | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: { demo: { type: 'boolean', default: false }, opportunities: { type: 'string' } },
  });
  if (!values.demo) return undefined;
  const opportunities = Number(values.opportunities ?? USUAL_SIZE);
  if (!Number.isInteger(opportunities) || opportunities < 1 || opportunities > 10_000_000)
    throw new Error(`--opportunities ${values.opportunities} is not allowed: a whole number from 1 to 10,000,000.`);
  return { opportunities };
}

/** Fills the log with a simulated company's year, unless it holds one already. */
export async function fillWithDemo(
  { store, fingerprint, config }: System,
  { opportunities }: DemoRequest,
): Promise<void> {
  const started = Date.now();
  process.stderr.write(`Simulating a year of sales with ${opportunities} opportunities …\n`);
  const sent = await runDemo({
    store,
    fingerprint,
    timeZone: config.businessTimezone,
    seed: SEED,
    opportunities,
    until: started,
  });
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  process.stderr.write(
    sent ? `${sent} commands in ${seconds} s.\n` : 'There is demo data already; it stays as it is.\n',
  );
}
