import type { Day } from '#event-sourcing/event.js';

/** The same figures by SQL over the rows of the read models, as a report without totals would be written. */

/** Who was in which team when. */
const PLACES = `
  moves as (
    select employee_id, move ->> 'teamId' as team_id, coalesce((move ->> 'effectiveOn')::date, '-infinity') as since
    from organisation.employees, jsonb_array_elements(moves) move),
  places as (
    select employee_id, team_id, region, since,
      lead(since, 1, 'infinity') over (partition by employee_id order by since) as before
    from moves left join organisation.teams using (team_id))`;

const reached = (step: string) => `entries @> '[{"stage": "${step}"}]'`;
const STEPS = ['NeedsConfirmed', 'Proposal', 'Negotiation', 'won'];
/** One pass: which steps each opportunity has reached is told by its row. */
const FIGURES = [
  ...STEPS.flatMap(step => [
    `count(*) filter (where ${reached(step)})`,
    `sum(amount_minor) filter (where ${reached(step)})`,
  ]),
  'count(*) filter (where loss_reason is not null)',
].join(', ');

interface Funnel {
  readonly from: Day;
  readonly to: Day;
  readonly by?: string;
}

export function naiveFunnel({ from, to, by }: Funnel): string {
  const placed =
    by === 'region' ? 'left join places on employee_id = owner_id and cohort_on >= since and cohort_on < before' : '';
  return `${placed && `with ${PLACES}`} select ${by ?? 'true'}, ${FIGURES} from funnel.opportunities ${placed}
    where pipeline_id = 'default' and cohort_on between '${from}' and '${to}' group by 1`;
}

export const naiveDay = (day: string): string => `
  select employee_id, figure, kind, currency, count(*), sum(minor) from sales_daily.facts
  where day = '${day}' group by 1, 2, 3, 4`;

export const naiveMonth = ({ from, to }: { readonly from: Day; readonly to: Day }, team: string): string => `
  with ${PLACES} select day, employee_id, figure, kind, currency, count(*), sum(minor)
  from sales_daily.facts join places using (employee_id)
  where day between '${from}' and '${to}' and team_id = '${team}' and day >= since and day < before group by 1, 2, 3, 4, 5`;

/** Without the indexes that were made for such lists. */
export const naiveList = (ownerId: string): string => `
  set local enable_indexscan = off; set local enable_bitmapscan = off; set local enable_indexonlyscan = off;
  select count(*) over (), o.* from directory.opportunities o
  where owner_id = '${ownerId}' and status = 'OPEN' order by amount_minor desc nulls last, opportunity_id desc limit 50`;

const QUINTILES = 'array[0.2, 0.4, 0.6, 0.8]';
const score = (value: string, cuts: string) =>
  `1 + ${[1, 2, 3, 4].map(place => `(${value} > ${cuts}[${place}])::int`).join(' + ')}`;
const between = (score: string, from: number, to: number) => `${score} between ${from} and ${to}`;

/** Quantiles, scores and some of the segments, which is enough to be fair: the rest costs nothing more. */
export const naiveRfm = (asOf: string): string => `
  with customers as (
    select customer_id, date '${asOf}' - max(made_on) as days, count(*) as frequency, sum(minor) as monetary
    from rfm.transactions where basis = 'RECEIPTS' and currency = 'CNY' and made_on <= '${asOf}' and voided_on is null
    group by customer_id),
  cuts as (
    select percentile_cont(${QUINTILES}) within group (order by days) as r,
      percentile_cont(${QUINTILES}) within group (order by frequency) as f,
      percentile_cont(${QUINTILES}) within group (order by monetary) as m
    from customers),
  scored as (
    select 6 - (${score('days', 'r')}) as r, ${score('frequency', 'f')} as f, ${score('monetary', 'm')} as m, frequency, monetary
    from customers, cuts)
  select case
      when ${between('r', 4, 5)} and ${between('f', 4, 5)} and ${between('m', 4, 5)} then 'Champions'
      when ${between('r', 2, 5)} and ${between('f', 3, 5)} and ${between('m', 3, 5)} then 'Loyal Customers'
      when ${between('r', 3, 5)} and ${between('f', 1, 3)} and ${between('m', 1, 3)} then 'Potential Loyalist'
      when ${between('r', 1, 2)} and ${between('f', 1, 2)} and ${between('m', 1, 2)} then 'Lost'
      else 'Others' end as segment, count(*), sum(frequency), sum(monetary)
  from scored group by 1`;
