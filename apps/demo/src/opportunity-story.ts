import { DraftContract, SignContract, TerminateContract } from '#crm/contract/contract.commands.js';
import { LogInteraction } from '#crm/interaction/interaction.commands.js';
import { InteractionKind } from '#crm/interaction/interaction-kind.js';
import {
  AdvanceStage,
  LoseOpportunity,
  OpenOpportunity,
  ReestimateOpportunity,
  ReopenOpportunity,
  StepBack,
} from '#crm/opportunity/opportunity.commands.js';
import { ReceivePayment, ReversePayment } from '#crm/payment/payment.commands.js';
import { AcceptTask, AssignTask, CompleteTask } from '#crm/task/task.commands.js';
import { type Action, act, DAY_MS, dayOf, officeTime } from './action.js';
import type { SimulatedCustomer } from './customer-story.js';
import type { Random } from './random.js';
import { lossReasons, products, sources, stages, visitResults } from './vocabulary.js';

/** Where a story begins: an opportunity to open, or one that a converted lead has opened already. */
export interface Beginning {
  readonly number: number;
  readonly customer: SimulatedCustomer;
  readonly at: number;
  readonly opened?: { readonly opportunityId: string; readonly minor: number };
}

/** The life of one opportunity with all that belongs to it: talks, tasks, detours, an end, a contract and its money. */
export class OpportunityStory {
  private readonly actions: Action[] = [];
  private readonly owner: string;
  private readonly customerId: string;
  private readonly opportunityId: string;
  private now: number;
  private minor: number;
  private talks = 0;

  constructor(
    private readonly random: Random,
    private readonly beginning: Beginning,
  ) {
    this.owner = beginning.customer.owner.id;
    this.customerId = beginning.customer.id;
    this.opportunityId = beginning.opened?.opportunityId ?? `${beginning.customer.id}-opportunity-${beginning.number}`;
    this.minor = beginning.opened?.minor ?? random.skewed(80_000) * 100;
    this.now = beginning.at;
  }

  tell(): readonly Action[] {
    if (!this.beginning.opened) this.open();
    this.talk();
    const reached = this.moveThroughStages();
    if (reached === stages.length - 1 && this.random.chance(0.55)) this.close();
    else if (this.random.chance(0.75)) this.lose();
    return this.actions;
  }

  private do<Command extends Action['type']>(
    type: Command,
    input: Omit<InstanceType<Command>, 'sender' | 'commandId'>,
    actor = this.owner,
  ): void {
    this.actions.push(act(this.now, actor, type, input));
  }

  /** Time passes: at least one day, so that one thing comes after the other. */
  private later(least: number, most: number): void {
    this.now = officeTime(this.now + DAY_MS * this.random.between(Math.max(1, least), most), this.random);
  }

  private open(): void {
    const expectedCloseOn = dayOf(this.now + this.random.between(30, 120) * DAY_MS);
    const facts = { name: this.random.pick(products), source: this.random.pick(sources), expectedCloseOn };
    const { opportunityId, customerId, owner: ownerId } = this;
    this.do(OpenOpportunity, { opportunityId, customerId, ownerId, ...facts, amount: this.money() });
  }

  /** @returns how far it came: the index of its last stage. */
  private moveThroughStages(): number {
    let stage = 0;
    while (stage < stages.length - 1) {
      this.later(3, 20);
      if (this.random.chance(0.3)) this.task();
      if (this.random.chance(0.24)) return stage;
      if (stage > 0 && this.random.chance(0.1)) {
        this.do(StepBack, { opportunityId: this.opportunityId, stage: stages[--stage]!, reason: '需求变更' });
        continue;
      }
      stage += stage === 0 && this.random.chance(0.08) ? 2 : 1;
      this.do(AdvanceStage, { opportunityId: this.opportunityId, stage: stages[stage]! });
      this.talk();
      if (this.random.chance(0.2)) this.reestimate();
    }
    return stage;
  }

  private reestimate(): void {
    this.later(1, 3);
    this.minor = Math.max(100_00, Math.round((this.minor * this.random.between(70, 130)) / 100));
    this.do(ReestimateOpportunity, { opportunityId: this.opportunityId, amount: this.money() });
  }

  private talk(): void {
    for (let count = this.random.between(0, 3); count > 0; count--) {
      this.later(1, 5);
      // Some write down on Friday what happened on Tuesday.
      const late = this.random.chance(0.1) ? { occurredAt: new Date(this.now - 3 * DAY_MS).toISOString() } : {};
      this.do(LogInteraction, {
        interactionId: `${this.opportunityId}-talk-${++this.talks}`,
        customerId: this.customerId,
        employeeId: this.owner,
        opportunityId: this.opportunityId,
        kind: this.random.pick([
          InteractionKind.VISIT,
          InteractionKind.CALL,
          InteractionKind.EMAIL,
          InteractionKind.MEETING,
        ]),
        content: '沟通需求与方案',
        result: this.random.pick(visitResults),
        ...late,
      });
    }
  }

  private task(): void {
    const taskId = `${this.opportunityId}-task-${this.talks}-${this.actions.length}`;
    const dueOn = dayOf(this.now + 5 * DAY_MS);
    const { owner: assigneeId, opportunityId, customerId } = this;
    this.do(AssignTask, {
      taskId,
      title: '准备方案',
      assigneeId,
      assignedById: assigneeId,
      customerId,
      opportunityId,
      dueOn,
    });
    if (this.random.chance(0.1)) return;
    this.later(1, 2);
    this.do(AcceptTask, { taskId });
    this.later(1, 6);
    if (this.random.chance(0.85)) this.do(CompleteTask, { taskId, result: 'done' });
  }

  private lose(): void {
    this.later(2, 25);
    this.do(LoseOpportunity, { opportunityId: this.opportunityId, reason: this.random.pick(lossReasons) });
    if (!this.random.chance(0.05)) return;
    this.later(10, 40);
    this.do(ReopenOpportunity, { opportunityId: this.opportunityId, reason: '客户重新联系' });
  }

  private close(): void {
    this.later(2, 15);
    const contractId = `${this.opportunityId}-contract`;
    const instalments = this.instalments();
    const { opportunityId, customerId, owner: ownerId } = this;
    const number = `HT-${this.opportunityId}`;
    this.do(DraftContract, {
      contractId,
      customerId,
      opportunityId,
      ownerId,
      number,
      amount: this.money(),
      instalments,
    });
    this.later(1, 10);
    this.do(SignContract, { contractId });
    if (this.random.chance(0.02)) {
      this.later(10, 60);
      this.do(TerminateContract, { contractId, reason: '客户违约' }, 'demo-legal');
      return;
    }
    instalments.forEach(({ dueOn, minor }, index) => {
      this.receive(contractId, index + 1, dueOn, minor);
    });
  }

  private instalments(): { dueOn: string; minor: number }[] {
    const parts = this.random.pick([1, 2, 2, 3, 4]);
    const each = Math.floor(this.minor / parts);
    return Array.from({ length: parts }, (_, index) => ({
      dueOn: dayOf(this.now + (10 + index * 30) * DAY_MS),
      minor: index === parts - 1 ? this.minor - each * (parts - 1) : each,
    }));
  }

  private receive(contractId: string, part: number, dueOn: string, minor: number): void {
    if (this.random.chance(0.07)) return;
    const delay = this.random.chance(0.3) ? this.random.between(1, 45) : this.random.between(-3, 0);
    this.now = officeTime(Math.max(this.now + DAY_MS, Date.parse(dueOn) + delay * DAY_MS), this.random);
    const paymentId = `${contractId}-payment-${part}`;
    const amount = { minor, currency: 'CNY' };
    const { customerId } = this;
    this.do(ReceivePayment, { paymentId, customerId, contractId, amount }, 'demo-finance');
    if (!this.random.chance(0.02)) return;
    this.later(1, 5);
    this.do(ReversePayment, { paymentId, reason: '银行退票' }, 'demo-finance');
    this.later(3, 10);
    this.do(ReceivePayment, { paymentId: `${paymentId}-again`, customerId, contractId, amount }, 'demo-finance');
  }

  private money() {
    return { minor: this.minor, currency: 'CNY' };
  }
}
