import { describe, expect, it } from '@jest/globals';
import { roles } from '#platform/access/permissions.js';
import { AnyRole } from './roles.js';

describe('The roles that GraphQL names', () => {
  it('are those of the table of permissions, but for Chronicle’s own', () => {
    expect(Object.values(AnyRole).sort()).toEqual(roles.filter(role => role !== 'system').sort());
  });
});
