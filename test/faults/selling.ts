import { setTimeout as sleep } from 'node:timers/promises';
import { DraftContract, SignContract } from '#crm/contract/contract.commands.js';
import { RegisterCustomer } from '#crm/customer/customer.commands.js';
import { CaptureLead, ConvertLead } from '#crm/lead/lead.commands.js';
import { AdvanceStage, OpenOpportunity } from '#crm/opportunity/opportunity.commands.js';
import { ReceivePayment } from '#crm/payment/payment.commands.js';
import { defaultPipeline } from '#crm/pipeline/default-pipeline.js';
import { DefinePipeline } from '#crm/pipeline/pipeline.commands.js';
import type { EventStore } from '#event-sourcing/event-store.js';
import { all, eventsOf } from '#event-store/contract/opened-store.js';
import { crmOn } from './crm-on.js';

const amount = { minor: 120_000, currency: 'CNY' };

/** Between two stories of a lane: a load that leaves a processor for those who shall work under it. */
const PAUSE_MS = 150;

/**
 * Sales of all kinds on a log, until it is ended: every read model has something to do, and so have both policies. The ids of a story
 * begin with its name.
 */
export class Selling {
  private readonly lanes: Promise<void>[];
  private over = false;
  /** Stories that were told to their end. */
  stories = 0;

  /** @param width Stories that are told at the same time. */
  constructor(
    private readonly store: EventStore,
    private readonly name: string,
    width: number,
  ) {
    this.lanes = Array.from({ length: width }, (_, lane) => this.tell(lane));
  }

  async end(): Promise<void> {
    this.over = true;
    await Promise.all(this.lanes);
  }

  private async tell(lane: number): Promise<void> {
    const { send } = crmOn(this.store);
    await send(DefinePipeline, defaultPipeline);
    for (let n = 0; !this.over; n++) {
      const id = `${this.name}-${lane}-${n}`;
      await send(CaptureLead, { leadId: `${id}-lead`, name: `线索 ${id}`, source: 'website' });
      await send(ConvertLead, { leadId: `${id}-lead`, amount });
      await send(RegisterCustomer, { customerId: `${id}-customer`, name: `客户 ${id}` });
      await send(OpenOpportunity, { opportunityId: `${id}-deal`, customerId: `${id}-customer`, amount });
      await send(AdvanceStage, { opportunityId: `${id}-deal`, stage: 'NeedsConfirmed' });
      const contract = { contractId: `${id}-contract`, customerId: `${id}-customer`, opportunityId: `${id}-deal` };
      await send(DraftContract, { ...contract, amount });
      await send(SignContract, { contractId: `${id}-contract` });
      await send(ReceivePayment, { customerId: `${id}-customer`, contractId: `${id}-contract`, amount });
      this.stories++;
      await sleep(PAUSE_MS);
    }
  }
}

/** What the policies did that they had not to do, or not once: all 0 when each effect is there once. */
export async function wrongEffects(store: EventStore): Promise<{ missing: number; repeated: number }> {
  const events = eventsOf(await all(store.readAll()));
  const times = new Map<string, number>();
  for (const { type, stream } of events) {
    const effect = `${type} ${stream}`;
    times.set(effect, (times.get(effect) ?? 0) + 1);
  }
  const effects = events.flatMap(({ type, data }) => effectsOf(type, data as Ids));
  return {
    missing: effects.filter(effect => !times.has(effect)).length,
    repeated: effects.filter(effect => (times.get(effect) ?? 0) > 1).length,
  };
}

interface Ids {
  readonly leadId: string;
  readonly opportunityId: string;
}

/** What has to be in the log exactly once because of an event. */
function effectsOf(type: string, { leadId, opportunityId }: Ids): string[] {
  if (type === 'LeadConverted')
    return [`CustomerRegistered customer-${leadId}-customer`, `OpportunityOpened opportunity-${leadId}-opportunity`];
  return type === 'ContractSigned' ? [`OpportunityWon opportunity-${opportunityId}`] : [];
}
