import type { CrmEvents } from '#crm/events.js';

/**
 * The contracts of one opportunity, by id: for how much they were signed (`null`: a draft, or terminated) and what was received
 * for them. Receipts of a contract are in its currency.
 */
export type ContractsPaid = {
  readonly [contractId: string]: { readonly signedMinor: number | null; readonly receivedMinor: number };
};

const unsigned = { signedMinor: null, receivedMinor: 0 };

export function withSigned(
  contracts: ContractsPaid,
  { contractId, amount }: CrmEvents['ContractSigned'],
): ContractsPaid {
  return { ...contracts, [contractId]: { ...(contracts[contractId] ?? unsigned), signedMinor: amount.minor } };
}

export function withTerminated(
  contracts: ContractsPaid,
  { contractId }: CrmEvents['ContractTerminated'],
): ContractsPaid {
  return { ...contracts, [contractId]: { ...(contracts[contractId] ?? unsigned), signedMinor: null } };
}

/** A payment that belongs to no contract pays none of them. */
export function withReceipt(contracts: ContractsPaid, payment: CrmEvents['PaymentReceived']): ContractsPaid {
  return received(contracts, payment.contractId, payment.amount.minor);
}

export function withReversal(contracts: ContractsPaid, payment: CrmEvents['PaymentReversed']): ContractsPaid {
  return received(contracts, payment.contractId, -payment.amount.minor);
}

function received(contracts: ContractsPaid, contractId: string | undefined, minor: number): ContractsPaid {
  if (!contractId) return contracts;
  const contract = contracts[contractId] ?? unsigned;
  return { ...contracts, [contractId]: { ...contract, receivedMinor: contract.receivedMinor + minor } };
}

/** Whether something was signed, and every instalment of all that was signed has been received (回款完成). */
export function paidInFull(contracts: ContractsPaid): boolean {
  const signed = Object.values(contracts).filter(({ signedMinor }) => signedMinor !== null);
  return signed.length > 0 && signed.every(({ signedMinor, receivedMinor }) => receivedMinor >= signedMinor!);
}
