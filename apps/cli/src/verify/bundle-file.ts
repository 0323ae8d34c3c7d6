import { readFileSync } from 'node:fs';
import { refuse } from '#event-sourcing/refusal.js';
import { type HistoryBundle, type Trust, verifyBundle } from '#integrity/history-bundle.js';

/** Verifies a bundle and prints what was found; whether it was anything. @throws Refusal BAD_USER_INPUT when it is no bundle. */
export async function verifyBundleFile(file: string, trust: Trust, out: NodeJS.WritableStream): Promise<boolean> {
  const bundle = bundleIn(file);
  const findings = await verifyBundle(bundle, trust);
  const { head, events, customerId } = bundle;
  out.write(
    `history of customer ${customerId}: ${events.length} events of ${new Set(events.map(e => e.stream)).size} streams\n`,
  );
  out.write(`head of ${head.signedAt}: ${head.size} events, root ${head.rootHash}\nsigned by ${head.key}\n`);
  for (const { kind, text, id } of findings) out.write(`${kind.toUpperCase()}: ${text}${id ? ` (event ${id})` : ''}\n`);
  out.write(findings.length === 0 ? 'Every event is as it was sealed.\n' : `${findings.length} findings\n`);
  return findings.length > 0;
}

function bundleIn(file: string): HistoryBundle {
  try {
    const bundle = JSON.parse(readFileSync(file, 'utf8')) as HistoryBundle;
    if (bundle.format === 'chronicle-history-1' && bundle.head && Array.isArray(bundle.events)) return bundle;
  } catch (error) {
    throw refuse('BAD_USER_INPUT', `${file} cannot be read: ${(error as Error).message}`, { field: 'file' });
  }
  throw refuse('BAD_USER_INPUT', `${file} is no history: it does not say "format": "chronicle-history-1".`, {
    field: 'file',
  });
}
