import type { Instalment } from '#crm/contract/contract.events.js';
import type { Money } from '#crm/money.js';
import type { Stage } from '#crm/pipeline/pipeline.events.js';
import { type Facts, type Field, type Referred, type Status, statuses } from './fields.js';

/** The name of a record as it was known at the time, if it had one. */
export type NameOf = (kind: Referred, id: string) => string | undefined;

/** `1,234.50 CNY`. */
export function money({ minor, currency }: Money): string {
  return `${majorOf({ minor, currency })} ${currency}`;
}

function majorOf({ minor, currency }: Money): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency, currencyDisplay: 'code' });
  const { maximumFractionDigits: digits = 2 } = format.resolvedOptions();
  const major = minor / 10 ** digits;
  return major.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** An opportunity's stage by the name that it had in its pipeline when the opportunity began. */
function stageName(code: string, { stages, stageNames }: Facts): string {
  const names = stageNames as readonly string[] | undefined;
  return names?.[(stages as readonly string[]).indexOf(code)] ?? code;
}

/** A value of a field in words; null for nothing. `facts` are those of its record. */
export function worded({ shows }: Field, value: unknown, facts: Facts, nameOf: NameOf): string | null {
  if (value === null) return null;
  switch (shows) {
    case undefined:
      return Array.isArray(value) ? value.join(', ') || null : String(value);
    case 'money':
      return money(value as Money);
    case 'stage':
      return stageName(String(value), facts);
    case 'stages':
      return (value as readonly (Stage | string)[])
        .map(stage => (typeof stage === 'string' ? stageName(stage, facts) : stage.name))
        .join(' · ');
    case 'status':
      return statuses[value as Status] ?? String(value);
    case 'yesOrNo':
      return value ? '是' : '否';
    case 'instalments': {
      const { currency = 'CNY' } = (facts.amount as Money | undefined) ?? {};
      return (
        (value as readonly Instalment[])
          .map(({ dueOn, minor }) => `${dueOn} ${majorOf({ minor, currency })}`)
          .join(', ') || null
      );
    }
    default:
      return nameOf(shows, String(value)) ?? String(value);
  }
}
