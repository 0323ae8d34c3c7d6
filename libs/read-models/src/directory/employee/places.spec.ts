import { describe, expect, it } from '@jest/globals';
import { type Move, placeOn, placesOf } from './places.js';

const hired: Move = { effectiveOn: null, teamId: 'east', region: '华东', managerId: 'li' };

describe('The place of an employee', () => {
  it('is the one of the hiring until a move takes effect', () => {
    const places = placesOf([hired, { effectiveOn: '2026-05-01', teamId: 'north' }]);
    expect(placeOn(places, '2026-04-30').teamId).toBe('east');
    expect(placeOn(places, '2026-05-01')).toEqual({
      from: '2026-05-01',
      teamId: 'north',
      region: '华东',
      managerId: 'li',
    });
  });

  it('follows the days on which moves take effect, not the order in which they were recorded', () => {
    const late: Move = { effectiveOn: '2026-03-01', teamId: 'south', region: '华南' };
    const places = placesOf([hired, { effectiveOn: '2026-05-01', teamId: 'north' }, late]);
    expect(placeOn(places, '2026-04-01')).toMatchObject({ teamId: 'south', region: '华南' });
    expect(placeOn(places, '2026-06-01')).toMatchObject({ teamId: 'north', region: '华南' });
  });

  it('is the one recorded later where two moves take effect on one day', () => {
    const day = '2026-05-01';
    const places = placesOf([hired, { effectiveOn: day, teamId: 'north' }, { effectiveOn: day, teamId: 'west' }]);
    expect(places).toHaveLength(2);
    expect(placeOn(places, day).teamId).toBe('west');
  });

  it('is nowhere before there is any', () => {
    expect(placeOn([], '2026-05-01')).toEqual({ from: null, teamId: null, region: null, managerId: null });
  });
});
