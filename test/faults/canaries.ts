import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import pg from 'pg';
import { DraftContract, SignContract, TerminateContract } from '#crm/contract/contract.commands.js';
import { AddContact, ChangeCustomerProfile } from '#crm/customer/customer.commands.js';
import { HireEmployee } from '#crm/employee/employee.commands.js';
import type { Executor } from '#crm/execution/executor.js';
import { LogInteraction, RetractInteraction } from '#crm/interaction/interaction.commands.js';
import { CaptureLead, ConvertLead } from '#crm/lead/lead.commands.js';
import { LoseOpportunity, OpenOpportunity } from '#crm/opportunity/opportunity.commands.js';
import { ReceivePayment, ReversePayment } from '#crm/payment/payment.commands.js';
import { AssignTask, CancelTask, CompleteTask } from '#crm/task/task.commands.js';
import type { Envelope } from '#platform/graphql/command.js';
import { eventually } from '#test/operations/running.js';

const amount = { minor: 120_000, currency: 'CNY' };
const sender = { actor: { id: 'tester', role: 'administrator' } };

/** What gives a person away wherever it turns up. */
const canary = (person: string) => `Canary${person}x`;
/** Whose canaries are in a text. */
export const canariesIn = (text: string): string[] =>
  [...text.matchAll(/canary(p\d+)x/gi)].map(([, person]) => person!.toLowerCase());

/** The stories of people in whose every personal field a canary sits; each ends as somebody's customer with everything that a customer can have. */
export class Canaries {
  constructor(private readonly executor: Executor) {}

  private send<Command extends Envelope>(type: new () => Command, input: object) {
    return this.executor.send(type, input, sender);
  }

  async hire(): Promise<void> {
    await this.send(HireEmployee, { employeeId: 'li', name: '李' });
  }

  async tell(person: string): Promise<void> {
    const text = canary(person);
    const [email, phone] = [`${text}@example.com`, `138 ${text}`];
    const customerId = `${person}-lead-customer`;
    await this.send(CaptureLead, {
      leadId: `${person}-lead`,
      name: text,
      company: text,
      email,
      phone,
      source: 'website',
      reason: text,
    });
    await this.send(ConvertLead, { leadId: `${person}-lead`, opportunityName: text, amount });
    const change = { customerId, address: text, taxNumber: text, phone, reason: text };
    await eventually(
      () =>
        this.send(ChangeCustomerProfile, change).then(
          () => true,
          () => false,
        ),
      Boolean,
    );
    await this.send(AddContact, { customerId, contactId: 'k', name: text, position: text, email, phone });
    const interaction = { customerId, employeeId: 'li', kind: 'CALL', content: text, result: text };
    await this.send(LogInteraction, { ...interaction, interactionId: `${person}-i1` });
    await this.send(LogInteraction, { ...interaction, interactionId: `${person}-i2`, contactId: 'k' });
    await this.send(RetractInteraction, { interactionId: `${person}-i1`, reason: text });
    await this.send(AssignTask, { taskId: `${person}-t1`, title: text, assigneeId: 'li', customerId });
    await this.send(CompleteTask, { taskId: `${person}-t1`, result: text });
    await this.send(AssignTask, { taskId: `${person}-t2`, title: text, assigneeId: 'li', customerId });
    await this.send(CancelTask, { taskId: `${person}-t2`, reason: text });
    await this.send(OpenOpportunity, { opportunityId: `${person}-lost`, customerId, name: text, amount });
    await this.send(LoseOpportunity, { opportunityId: `${person}-lost`, reason: 'price' });
    const contractId = `${person}-contract`;
    await this.send(DraftContract, { contractId, customerId, amount });
    await this.send(SignContract, { contractId });
    await this.send(ReceivePayment, { paymentId: `${person}-p`, customerId, contractId, amount });
    await this.send(ReversePayment, { paymentId: `${person}-p`, reason: text });
    await this.send(TerminateContract, { contractId, reason: text });
  }
}

/** Whose canaries are in the tables of a database, by schema: every table, every line, as text. */
export async function canariesInTables(url: string): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const client = new pg.Client(url);
  await client.connect();
  const found = new Map<string, Set<string>>();
  try {
    const { rows: tables } = await client.query<{ schema: string; name: string }>(
      `select table_schema as schema, table_name as name from information_schema.tables
       where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
    );
    for (const { schema, name } of tables) {
      const table = `${schema}.${name}`;
      const persons = found.get(table) ?? new Set<string>();
      found.set(table, persons);
      const { rows } = await client.query<{ line: string }>(
        `select line::text as line from "${schema}"."${name}" as line where line::text ~* 'canary'`,
      );
      for (const { line } of rows) for (const person of canariesIn(line)) persons.add(person);
    }
    return found;
  } finally {
    await client.end();
  }
}

export const canariesInExport = (file: string): string[] => canariesIn(gunzipSync(readFileSync(file)).toString());
