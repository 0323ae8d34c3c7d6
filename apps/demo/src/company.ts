import { LaunchCampaign, PlanCampaign } from '#crm/campaign/campaign.commands.js';
import { GrantRole, HireEmployee, MoveEmployee } from '#crm/employee/employee.commands.js';
import { FormTeam } from '#crm/team/team.commands.js';
import { type Action, act, DAY_MS, dayOf, officeTime } from './action.js';
import type { Random } from './random.js';
import { hireStaff } from './staff.js';
import { givenNames, regions, surnames } from './vocabulary.js';

const OPPORTUNITIES_PER_SALESPERSON = 60;
const CAMPAIGNS_PER_YEAR = 6;

export interface Salesperson {
  readonly id: string;
  readonly region: string;
}

export interface Company {
  readonly salespeople: readonly Salesperson[];
  readonly campaigns: readonly { readonly id: string; readonly startsAt: number }[];
  readonly actions: readonly Action[];
}

/** Teams in their regions, salespeople, all others, campaigns, and some who change teams during the year. */
export function foundCompany(random: Random, start: number, days: number, opportunities: number): Company {
  const actions: Action[] = [];
  const teams = regions.map((region, index) => ({ teamId: `demo-team-${index + 1}`, region }));
  for (const { teamId, region } of teams)
    actions.push(act(start, 'demo-hr', FormTeam, { teamId, name: `${region}销售部`, region }));

  const size = Math.max(regions.length * 2, Math.ceil(opportunities / OPPORTUNITIES_PER_SALESPERSON));
  const salespeople = Array.from({ length: size }, (_, index) => {
    const employeeId = `demo-sales-${index + 1}`;
    const { teamId, region } = teams[index % teams.length]!;
    const name = `${random.pick(surnames)}${random.pick(givenNames)}${index >= 40 ? index : ''}`;
    const hiredOn = dayOf(start - random.between(1, 1500) * DAY_MS);
    const email = `${employeeId}@example.com`;
    actions.push(act(start + 1000, 'demo-hr', HireEmployee, { employeeId, name, email, teamId, region, hiredOn }));
    actions.push(act(start + 1000, 'demo-hr', GrantRole, { employeeId, role: 'salesperson' }));
    return { id: employeeId, region };
  });
  actions.push(...hireStaff(start + 1500));

  for (const { id } of salespeople.filter(() => random.chance(0.08))) {
    const at = officeTime(start + random.between(60, Math.max(61, days - 30)) * DAY_MS, random);
    const { teamId, region } = random.pick(teams);
    actions.push(act(at, 'demo-hr', MoveEmployee, { employeeId: id, teamId, region, effectiveOn: dayOf(at) }));
  }

  const campaigns = Array.from({ length: CAMPAIGNS_PER_YEAR }, (_, index) => {
    const campaignId = `demo-campaign-${index + 1}`;
    const startsAt = officeTime(start + Math.floor((index * days) / CAMPAIGNS_PER_YEAR) * DAY_MS, random);
    const cost = { minor: random.between(20, 200) * 100_000, currency: 'CNY' };
    const name = `${new Date(startsAt).getUTCMonth() + 1}月推广`;
    actions.push(
      act(start + 2000, 'demo-marketing', PlanCampaign, { campaignId, name, cost, startsOn: dayOf(startsAt) }),
    );
    actions.push(act(startsAt, 'demo-marketing', LaunchCampaign, { campaignId }));
    return { id: campaignId, startsAt };
  });
  return { salespeople, campaigns, actions };
}
