import { RecordStageEntry } from '#crm/opportunity/opportunity.commands.js';
import { importedCommand, type Kind } from './kind.js';

export const stageChanges: Kind = {
  columns: {
    opportunity: 'required',
    stage: 'required',
    enteredOn: 'required',
    reason: 'optional',
    amount: 'optional',
    currency: 'optional',
  },
  references: { opportunity: 'opportunities' },
  record: 'opportunity',
  orderedBy: 'enteredOn',
  fields: { opportunityId: 'opportunity', occurredAt: 'enteredOn' },
  steps: (row, { nth, earlierThatDay }) => {
    const opportunityId = row.requiredReference('opportunity');
    const [stage, enteredOn] = [row.required('stage'), row.requiredDay('enteredOn')];
    return [
      {
        type: RecordStageEntry,
        input: {
          opportunityId,
          stage,
          reason: row.text('reason'),
          amount: row.money('amount'),
          occurredAt: row.startOf('enteredOn', earlierThatDay),
          commandId: importedCommand('stageChange', opportunityId, stage, enteredOn, String(nth)),
        },
      },
    ];
  },
};
