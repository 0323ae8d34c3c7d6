import type { Day } from '#event-sourcing/event.js';
import { ERASED } from '#event-sourcing/privacy.js';
import { isRole } from '#platform/access/permissions.js';
import type { Colleagues, Identity } from '#platform/access/viewer.js';
import type { Bearer } from '#platform/authentication/bearer.js';
import { placeOn } from '../employee/place.js';
import type { Organisation } from './organisation.js';

interface Place {
  readonly teamId?: string;
  readonly region?: string;
}

/** Who comes in on a day, and whose records they reach. */
export interface Today {
  readonly day: Day;
  readonly identityOf: (bearer: Pick<Bearer, 'subject' | 'email'>) => Identity | undefined;
  readonly colleagues: Colleagues;
}

/** Case and width don't make an address another one; it is the rule by which addresses are reserved. */
const same = (text: string) => text.normalize('NFKC').trim().toLowerCase();
/** What erased people share names nobody. */
const named = (text: string | undefined): text is string => text !== undefined && text !== ERASED;
const known = (held: readonly string[]) => held.filter(isRole);

/** The organisation on a day. An employee comes before an account of the same address. */
export function today(organisation: Organisation, day: Day): Today {
  const byEmail = new Map<string, Identity>();
  const bySubject = new Map<string, Identity>();
  for (const { opened, closed } of organisation.accounts.values()) {
    if (closed) continue;
    const { accountId: id, role, email, subject, customerId } = opened;
    const identity = { id, roles: known([role]), customerId };
    if (named(email)) byEmail.set(same(email), identity);
    if (named(subject)) bySubject.set(subject, identity);
  }
  const employees = [...organisation.employees].flatMap(([id, { hired, roles, dismissedOn }]) =>
    named(hired?.email) ? [{ id, email: same(hired.email), roles, present: !dismissedOn || day < dismissedOn }] : [],
  );
  // An account that bears the address of somebody who has left must not keep them in; a successor may have the address.
  for (const { email } of employees) byEmail.delete(email);
  for (const { id, email, roles, present } of employees)
    if (present) byEmail.set(email, { id, employeeId: id, roles: known(roles) });
  return {
    day,
    identityOf: ({ subject, email }) => (email && byEmail.get(same(email))) || bySubject.get(subject),
    colleagues: colleaguesOn(organisation, day),
  };
}

/** Also people who have left count as colleagues where they were last, so that somebody can take their records over. */
function colleaguesOn({ employees, teams }: Organisation, day: Day): Colleagues {
  const places = new Map<string, Place>();
  for (const [id, employee] of employees) {
    const { teamId, region } = placeOn(day, employee);
    places.set(id, { teamId, region: region ?? (teamId ? teams.get(teamId)?.region : undefined) });
  }
  return (employeeId, scope) => {
    if (scope === 'own') return [employeeId];
    const own = places.get(employeeId);
    const reached = {
      team: ({ teamId }: Place) => teamId && (teamId === own?.teamId || teams.get(teamId)?.leaderId === employeeId),
      region: ({ region }: Place) => region && region === own?.region,
    }[scope];
    return [employeeId, ...[...places].flatMap(([id, place]) => (id !== employeeId && reached(place) ? [id] : []))];
  };
}
