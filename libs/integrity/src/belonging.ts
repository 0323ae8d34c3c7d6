import type { Findings, FoundEvent } from './finding.js';

/** Where a customer's own events stand. */
const ownStream = (customerId: string) => `customer-${customerId}`;

/**
 * Whether these are events of this customer, as far as they say it themselves: the customer's own stream is among them, and each stream
 * belongs to the first customer whom its events name.
 */
export function checkBelonging(findings: Findings, customerId: string, events: readonly FoundEvent[]): void {
  const owners = new Map<string, string | undefined>();
  for (const { stream, data } of events)
    owners.set(stream, owners.get(stream) ?? (data as { readonly customerId?: string } | null)?.customerId);
  const own = ownStream(customerId);
  if (!owners.has(own)) findings.add({ kind: 'missing', stream: own, text: `There is no event of ${own}.` });
  for (const [stream, owner] of owners) {
    if (owner === customerId) continue;
    const named = owner === undefined ? 'no customer' : `customer ${owner}`;
    findings.add({ kind: 'added', stream, text: `${stream} is not this customer’s: it names ${named}.` });
  }
}
