import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import type { AnyPrivacy } from '#event-sourcing/privacy.js';
import { privacy } from './privacy.js';

/** What fields with personal data are called. */
const LOOKS_PERSONAL =
  /name|phone|mobile|mail|address|contact(?!Id)|note|content|comment|subject|title|result|reason|company|taxNumber|birth|position/i;

const folder = join(process.cwd(), 'libs/crm/src');

/** Every event type with the names of its fields, from the sources. */
function eventsOf(): Map<string, string[]> {
  const events = new Map<string, string[]>();
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.events.ts'));
  for (const file of files) {
    const source = ts.createSourceFile(file, readFileSync(join(folder, file), 'utf8'), ts.ScriptTarget.ES2022, true);
    for (const statement of source.statements) {
      if (!ts.isTypeAliasDeclaration(statement) || !statement.name.text.endsWith('Events')) continue;
      for (const event of (statement.type as ts.TypeLiteralNode).members) {
        const { members } = (event as ts.PropertySignature).type as ts.TypeLiteralNode;
        events.set(
          (event.name as ts.Identifier).text,
          members.map(field => (field.name as ts.Identifier).text),
        );
      }
    }
  }
  return events;
}

/** Fields that look personal and are declared neither way. */
function undeclared(declared: AnyPrivacy): string[] {
  return [...eventsOf()].flatMap(([type, fields]) => {
    const { notPersonal = {}, ...rule } = declared[type] ?? { about: 'nobody' };
    const personal: readonly string[] = 'personal' in rule ? rule.personal : [];
    return fields
      .filter(field => LOOKS_PERSONAL.test(field) && !personal.includes(field) && !(field in notPersonal))
      .map(field => `${type}.${field}`);
  });
}

describe('What is personal in the events', () => {
  it('is declared for every event there is', () => {
    expect(Object.keys(privacy).sort()).toEqual([...eventsOf().keys()].sort());
  });

  it('is declared for every field that is named like it, or said not to be with a reason', () => {
    expect(undeclared(privacy)).toEqual([]);
  });

  it('is missed when somebody forgets a field', () => {
    const forgotten = {
      ...privacy,
      LeadCaptured: { about: ['leadId'], personal: ['name', 'company', 'email'] },
    } as const;
    expect(undeclared(forgotten)).toEqual(['LeadCaptured.phone']);
  });

  it('names fields that the event has, and whose they are', () => {
    const fields = eventsOf();
    for (const [type, rule] of Object.entries(privacy as AnyPrivacy)) {
      const named = rule.about === 'nobody' ? [] : [...rule.about, ...rule.personal];
      expect([type, fields.get(type)]).toEqual([
        type,
        expect.arrayContaining([...named, ...Object.keys(rule.notPersonal ?? {})]),
      ]);
    }
  });
});
