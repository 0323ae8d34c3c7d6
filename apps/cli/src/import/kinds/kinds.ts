import { campaigns } from './campaigns.js';
import { contracts } from './contracts.js';
import { customers } from './customers.js';
import { employees } from './employees.js';
import { interactions } from './interactions.js';
import type { Kind } from './kind.js';
import { leads } from './leads.js';
import { opportunities } from './opportunities.js';
import { payments } from './payments.js';
import { pipelines } from './pipelines.js';
import { stageChanges } from './stage-changes.js';
import { teams } from './teams.js';

/** Everything that can be imported, each kind behind those that it refers to. */
export const kinds: Readonly<Record<string, Kind>> = {
  teams,
  employees,
  pipelines,
  campaigns,
  customers,
  leads,
  opportunities,
  stageChanges,
  contracts,
  payments,
  interactions,
};
