import { describe, expect, it } from '@jest/globals';
import { type Colleagues, type Identity, reaches, viewerOf } from './viewer.js';

const colleagues: Colleagues = (employeeId, scope) =>
  scope === 'own' ? [employeeId] : scope === 'team' ? [employeeId, 'han'] : [employeeId, 'han', 'zhao'];
const viewer = (identity: Partial<Identity>) => viewerOf({ id: 'li', roles: [], ...identity }, colleagues);

describe('A viewer', () => {
  it('may what one of the roles may', () => {
    const sales = viewer({ roles: ['salesperson'], employeeId: 'li' });
    expect([sales.may('lead.qualify'), sales.may('lead.assign')]).toEqual([true, false]);
    expect(viewer({ roles: ['salesperson', 'marketing'] }).may('lead.assign')).toBe(true);
    expect(viewer({ roles: [] }).may('pipeline.read')).toBe(false);
  });

  it('reaches the records of an employee, of a team, of a region, or all', () => {
    const sightOf = (...roles: Identity['roles']) => viewer({ roles, employeeId: 'li' }).sight('customer.read');
    expect(sightOf('salesperson')).toEqual({ owners: ['li'], unowned: false, customers: [] });
    expect(sightOf('teamLeader')).toEqual({ owners: ['li', 'han'], unowned: true, customers: [] });
    expect(sightOf('regionalManager')).toEqual({ owners: ['li', 'han', 'zhao'], unowned: true, customers: [] });
    expect(sightOf('salesperson', 'auditor')).toBe('everything');
    expect(viewer({ roles: ['legal'] }).sight('lead.read')).toBe('nothing');
  });

  it('reaches nobody’s records without being an employee, and those of one customer as an external user', () => {
    expect(viewer({ roles: ['salesperson'] }).sight('lead.read')).toEqual({
      owners: [],
      unowned: false,
      customers: [],
    });
    const partner = viewer({ id: 'p1', roles: ['external'], customerId: 'acme' }).sight('contract.read');
    expect(partner).toEqual({ owners: [], unowned: false, customers: ['acme'] });
    expect(reaches(partner, { ownerId: 'li', customerId: 'acme' })).toBe(true);
    expect(reaches(partner, { ownerId: 'li', customerId: 'other' })).toBe(false);
    expect(reaches(partner, {})).toBe(false);
  });

  it('reaches what nobody owns only where others’ records are reached too', () => {
    const [own, team] = (['salesperson', 'teamLeader'] as const).map(role =>
      viewer({ roles: [role], employeeId: 'li' }).sight('lead.read'),
    );
    expect([reaches(own!, {}), reaches(team!, {})]).toEqual([false, true]);
    expect(['everything', 'nothing'].map(sight => reaches(sight as 'everything', { ownerId: 'x' }))).toEqual([
      true,
      false,
    ]);
  });

  it('does not get the fields that a permission of their own guards', () => {
    expect(viewer({ roles: ['finance'] }).fieldsHidden('interaction')).toEqual(['content', 'result']);
    expect(viewer({ roles: ['external'], customerId: 'acme' }).fieldsHidden('opportunity')).toEqual([
      'amount',
      'lossReason',
    ]);
    expect(viewer({ roles: ['salesperson'], employeeId: 'li' }).fieldsHidden('opportunity')).toEqual([]);
  });

  it('is named in events with the roles of the moment', () => {
    expect(viewer({ roles: ['salesperson', 'legal'] }).actor).toEqual({ id: 'li', role: 'salesperson+legal' });
  });
});
