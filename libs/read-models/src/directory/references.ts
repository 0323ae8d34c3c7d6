import type { Type } from '@nestjs/common';
import { Campaign } from './campaign/campaign.type.js';
import { Contract } from './contract/contract.type.js';
import { Contact } from './customer/contact.type.js';
import { Customer } from './customer/customer.type.js';
import { Employee } from './employee/employee.type.js';
import { Lead } from './lead/lead.type.js';
import type { Reference } from './list/list.js';
import type { TableName } from './list/lookup.js';
import { Opportunity } from './opportunity/opportunity.type.js';
import { Pipeline } from './pipeline/pipeline.type.js';
import { Team } from './team/team.type.js';

const to =
  (table: TableName, type: () => Type) =>
  (column: string, description: string): Reference => ({
    column,
    table,
    type,
    description,
  });

/** What can hang on a record: `owner: employee('ownerId', 'Who takes care of it.')`. */
export const campaign = to('campaigns', () => Campaign);
export const contact = to('contacts', () => Contact);
export const contract = to('contracts', () => Contract);
export const customer = to('customers', () => Customer);
export const employee = to('employees', () => Employee);
export const lead = to('leads', () => Lead);
export const opportunity = to('opportunities', () => Opportunity);
export const pipeline = to('pipelines', () => Pipeline);
export const team = to('teams', () => Team);
