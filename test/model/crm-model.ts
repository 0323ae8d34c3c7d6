import type { Day } from '#event-sourcing/event.js';
import type { Deed } from './deeds.js';

/** `changed`, `unchanged`, or the code of the refusal. */
export type Reaction = string;

interface Opportunity {
  readonly customerId: string;
  readonly opened: string;
  ownerId: string;
  amount: number;
  /** Index of its stage. */
  stage: number;
  end?: 'won' | 'lost' | undefined;
  readonly visited: string[];
}

interface Contract {
  readonly customerId: string;
  readonly opportunityId?: string;
  readonly ownerId: string | undefined;
  readonly amount: number;
  readonly drafted: string;
  instalments: readonly { dueOn: Day; minor: number }[];
  status: 'DRAFT' | 'SIGNED' | 'TERMINATED';
  signedOn?: Day;
}

interface Payment {
  readonly facts: string;
  readonly customerId: string;
  readonly contractId?: string;
  readonly ownerId: string | undefined;
  readonly amount: number;
  readonly paidOn: Day;
  reversed: boolean;
}

interface Task {
  readonly first: string;
  assigneeId: string;
  status: 'ASSIGNED' | 'ACCEPTED' | 'COMPLETED' | 'CANCELLED';
  completedOn?: Day;
}

export const STAGES = ['NeedsConfirmed', 'Proposal', 'Negotiation'] as const;
const MISSING = 'NOT_FOUND';

/** The CRM as a salesperson would explain it: no events, no streams, no projections. What each deed does, and what is refused. */
export class CrmModel {
  readonly employees = new Map<string, { dismissedOn?: Day; readonly moves: { on: Day; region: string }[] }>();
  readonly customers = new Map<string, { ownerId: string; readonly first: string }>();
  readonly opportunities = new Map<string, Opportunity>();
  readonly contracts = new Map<string, Contract>();
  readonly payments = new Map<string, Payment>();
  readonly tasks = new Map<string, Task>();

  /** @param on The business day on which it happened. */
  apply(deed: Deed, on: Day): Reaction {
    switch (deed.what) {
      case 'hire':
        if (this.employees.has(deed.employeeId)) return 'unchanged';
        this.employees.set(deed.employeeId, { moves: [] });
        return 'changed';
      case 'dismiss': {
        const employee = this.employees.get(deed.employeeId);
        if (!employee) return MISSING;
        if (employee.dismissedOn) return 'unchanged';
        employee.dismissedOn = on;
        return 'changed';
      }
      case 'move':
        return this.move(deed.employeeId, deed.region, on);
      case 'register':
        return this.register(deed.customerId, deed.ownerId, on);
      case 'handOverCustomer': {
        const customer = this.customers.get(deed.customerId);
        if (!this.employees.has(deed.ownerId) || !customer) return MISSING;
        if (customer.ownerId === deed.ownerId) return 'unchanged';
        if (this.isGone(deed.ownerId, on)) return 'EMPLOYEE_DISMISSED';
        customer.ownerId = deed.ownerId;
        return 'changed';
      }
      case 'open':
        return this.open(deed, on);
      case 'draft':
        return this.draft(deed);
      case 'pay':
        return this.pay(deed, on);
      case 'assign':
        return this.assign(deed.taskId, deed.assigneeId, on);
    }
    if ('opportunityId' in deed) return this.toOpportunity(deed, on);
    if ('contractId' in deed) return this.toContract(deed, on);
    if ('paymentId' in deed) return this.reverse(deed.paymentId, on);
    return this.toTask(deed, on);
  }

  private isGone(employeeId: string, on: Day): boolean {
    const { dismissedOn } = this.employees.get(employeeId)!;
    return dismissedOn !== undefined && on >= dismissedOn;
  }

  private move(employeeId: string, region: string, on: Day): Reaction {
    const employee = this.employees.get(employeeId);
    if (!employee) return MISSING;
    const before = employee.moves
      .filter(move => move.on <= on)
      .sort((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0));
    if (before.at(-1)?.region === region) return 'unchanged';
    if (this.isGone(employeeId, on)) return 'EMPLOYEE_DISMISSED';
    employee.moves.push({ on, region });
    return 'changed';
  }

  private register(customerId: string, ownerId: string, on: Day): Reaction {
    if (!this.employees.has(ownerId)) return MISSING;
    const known = this.customers.get(customerId);
    if (known) return known.first === ownerId ? 'unchanged' : 'ALREADY_EXISTS';
    if (this.isGone(ownerId, on)) return 'EMPLOYEE_DISMISSED';
    this.customers.set(customerId, { ownerId, first: ownerId });
    return 'changed';
  }

  private open({ opportunityId, customerId, ownerId, amount }: Extract<Deed, { what: 'open' }>, on: Day): Reaction {
    if (!this.customers.has(customerId) || !this.employees.has(ownerId)) return MISSING;
    const opened = [customerId, ownerId, amount].join();
    const known = this.opportunities.get(opportunityId);
    if (known) return known.opened === opened ? 'unchanged' : 'ALREADY_EXISTS';
    if (this.isGone(ownerId, on)) return 'EMPLOYEE_DISMISSED';
    this.opportunities.set(opportunityId, { customerId, ownerId, amount, opened, stage: 0, visited: [STAGES[0]] });
    return 'changed';
  }

  private toOpportunity(deed: Extract<Deed, { opportunityId: string }>, on: Day): Reaction {
    const opportunity = this.opportunities.get(deed.opportunityId);
    if (deed.what === 'handOver' && !this.employees.has(deed.ownerId)) return MISSING;
    if (!opportunity) return MISSING;
    const enter = (stage: number) => {
      opportunity.stage = stage;
      opportunity.end = undefined;
      opportunity.visited.push(STAGES[stage]!);
      return 'changed';
    };
    switch (deed.what) {
      case 'advance':
        if (opportunity.end) return 'OPPORTUNITY_CLOSED';
        if (opportunity.stage === deed.stage) return 'unchanged';
        return deed.stage > opportunity.stage ? enter(deed.stage) : 'NOT_A_LATER_STAGE';
      case 'stepBack':
        if (opportunity.end) return 'OPPORTUNITY_CLOSED';
        if (opportunity.stage === deed.stage) return 'unchanged';
        return deed.stage < opportunity.stage ? enter(deed.stage) : 'NOT_AN_EARLIER_STAGE';
      case 'reopen':
        if (opportunity.end) return enter(deed.stage);
        return opportunity.stage === deed.stage ? 'unchanged' : 'OPPORTUNITY_OPEN';
      case 'win':
        return this.end(opportunity, 'won');
      case 'lose':
        return this.end(opportunity, 'lost');
      case 'reestimate':
        if (opportunity.amount === deed.amount) return 'unchanged';
        if (opportunity.end) return 'OPPORTUNITY_CLOSED';
        opportunity.amount = deed.amount;
        return 'changed';
      case 'handOver':
        if (opportunity.ownerId === deed.ownerId) return 'unchanged';
        if (this.isGone(deed.ownerId, on)) return 'EMPLOYEE_DISMISSED';
        opportunity.ownerId = deed.ownerId;
        return 'changed';
      default:
        throw new Error(`The model does not know ${deed.what}.`);
    }
  }

  private end(opportunity: Opportunity, end: 'won' | 'lost', amount = opportunity.amount): Reaction {
    if (opportunity.end === end) return 'unchanged';
    if (opportunity.end) return 'OPPORTUNITY_CLOSED';
    opportunity.end = end;
    opportunity.amount = amount;
    if (end === 'won') opportunity.visited.push('won');
    return 'changed';
  }

  private draft(deed: Extract<Deed, { what: 'draft' }>): Reaction {
    const { contractId, customerId, opportunityId, amount, instalments } = deed;
    const customer = this.customers.get(customerId);
    const opportunity = opportunityId ? this.opportunities.get(opportunityId) : undefined;
    if (!customer || (opportunityId && !opportunity)) return MISSING;
    if (opportunity && opportunity.customerId !== customerId) return 'OTHER_CUSTOMER';
    const planned = instalments.reduce((sum, { minor }) => sum + minor, 0);
    if (instalments.length > 0 && planned !== amount) return 'INSTALMENTS_DONT_ADD_UP';
    const drafted = JSON.stringify([customerId, opportunityId, amount, instalments]);
    const known = this.contracts.get(contractId);
    if (known) return known.drafted === drafted ? 'unchanged' : 'ALREADY_EXISTS';
    const ownerId = opportunity?.ownerId ?? customer.ownerId;
    const made = { customerId, opportunityId, ownerId, amount, drafted, instalments, status: 'DRAFT' } as const;
    this.contracts.set(contractId, { ...made });
    return 'changed';
  }

  private toContract(deed: Extract<Deed, { what: 'sign' | 'terminate' }>, on: Day): Reaction {
    const contract = this.contracts.get(deed.contractId);
    if (!contract) return MISSING;
    if (deed.what === 'terminate') {
      if (contract.status === 'TERMINATED') return 'unchanged';
      contract.status = 'TERMINATED';
      return 'changed';
    }
    if (contract.status === 'SIGNED') return 'unchanged';
    if (contract.status === 'TERMINATED') return 'CONTRACT_TERMINATED';
    contract.status = 'SIGNED';
    contract.signedOn = on;
    if (contract.instalments.length === 0) contract.instalments = [{ dueOn: on, minor: contract.amount }];
    // It wins its opportunity, unless that is over already.
    const opportunity = contract.opportunityId && this.opportunities.get(contract.opportunityId);
    if (opportunity) this.end(opportunity, 'won', contract.amount);
    return 'changed';
  }

  private pay({ paymentId, customerId, contractId, amount }: Extract<Deed, { what: 'pay' }>, on: Day): Reaction {
    const customer = this.customers.get(customerId);
    const contract = contractId ? this.contracts.get(contractId) : undefined;
    if (!customer || (contractId && !contract)) return MISSING;
    if (contract && contract.customerId !== customerId) return 'OTHER_CUSTOMER';
    const facts = [customerId, contractId, amount].join();
    const known = this.payments.get(paymentId);
    if (known) return known.facts === facts ? 'unchanged' : 'ALREADY_EXISTS';
    const ownerId = contract?.ownerId ?? customer.ownerId;
    this.payments.set(paymentId, { facts, customerId, contractId, ownerId, amount, paidOn: on, reversed: false });
    return 'changed';
  }

  private reverse(paymentId: string, on: Day): Reaction {
    const payment = this.payments.get(paymentId);
    if (!payment) return MISSING;
    if (payment.reversed) return 'unchanged';
    if (on < payment.paidOn) return 'BEFORE_PAYMENT';
    payment.reversed = true;
    return 'changed';
  }

  private assign(taskId: string, assigneeId: string, on: Day): Reaction {
    if (!this.employees.has(assigneeId)) return MISSING;
    const known = this.tasks.get(taskId);
    if (known) return known.first === assigneeId ? 'unchanged' : 'ALREADY_EXISTS';
    if (this.isGone(assigneeId, on)) return 'EMPLOYEE_DISMISSED';
    this.tasks.set(taskId, { first: assigneeId, assigneeId, status: 'ASSIGNED' });
    return 'changed';
  }

  private toTask(deed: Extract<Deed, { what: 'reassign' | 'accept' | 'complete' | 'cancel' }>, on: Day): Reaction {
    const task = this.tasks.get(deed.taskId);
    if (deed.what === 'reassign' && !this.employees.has(deed.assigneeId)) return MISSING;
    if (!task) return MISSING;
    const { status } = task;
    if (deed.what === 'reassign' && task.assigneeId === deed.assigneeId) return 'unchanged';
    if (deed.what === 'accept' && (status === 'ACCEPTED' || status === 'COMPLETED')) return 'unchanged';
    if (deed.what === 'complete' && status === 'COMPLETED') return 'unchanged';
    if (deed.what === 'cancel' && status === 'CANCELLED') return 'unchanged';
    if (status === 'COMPLETED' || status === 'CANCELLED') return `TASK_${status}`;
    switch (deed.what) {
      case 'reassign':
        if (this.isGone(deed.assigneeId, on)) return 'EMPLOYEE_DISMISSED';
        task.assigneeId = deed.assigneeId;
        task.status = 'ASSIGNED';
        return 'changed';
      case 'accept':
        task.status = 'ACCEPTED';
        return 'changed';
      case 'complete':
        task.status = 'COMPLETED';
        task.completedOn = on;
        return 'changed';
      case 'cancel':
        task.status = 'CANCELLED';
        return 'changed';
    }
  }
}
