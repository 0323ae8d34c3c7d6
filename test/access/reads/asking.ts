import type { Permission } from '#platform/access/permissions.js';
import type { Running } from '#test/operations/running.js';
import { tokenOf } from '../company.js';
import { leaksIn } from './judge.js';
import type { Question } from './questions.js';
import type { Person } from './world.js';

export interface Answer {
  readonly data: Record<string, unknown> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly string[];
    readonly extensions: { readonly code: string };
  }[];
}

export type Ask = (document: string) => Promise<Answer>;

/** Asks over HTTP, as somebody. */
export async function as(api: Running, { email }: Partial<Person> & Pick<Person, 'email'>): Promise<Ask> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${await tokenOf(api, email)}` };
  return async document => {
    const body = JSON.stringify({ query: document });
    return (await (await fetch(`${api.origin}/graphql`, { method: 'POST', headers, body })).json()) as Answer;
  };
}

const AT_ONCE = 6;
const REFUSALS = ['FORBIDDEN', 'NOT_FOUND', 'BAD_USER_INPUT'];

/** All that one person is told by any of the questions and must not be, and answers that are none. */
export async function leaksTo(
  api: Running,
  person: Person,
  questions: readonly (Question & { readonly rule: Permission })[],
): Promise<string[]> {
  const ask = await as(api, person);
  const left = questions.values();
  const leaks: string[] = [];
  const work = async () => {
    for (const { document, rule } of left) {
      const answer = await ask(document);
      const broken = answer.errors?.filter(({ extensions }) => !REFUSALS.includes(extensions.code)) ?? [];
      const found = [...broken.map(error => JSON.stringify(error)), ...leaksIn(person, rule, answer)];
      leaks.push(...found.map(leak => `${person.role}: ${document.slice(0, 120)} tells${leak}`));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return leaks;
}

/** Cursors of everything that a list holds, as one who sees all of it is told. */
export async function cursorsOf(ask: Ask, list: string): Promise<string[]> {
  const { data } = await ask(`{ ${list}(first: 500) { edges { cursor } } }`);
  return (data![list] as { edges: { cursor: string }[] }).edges.map(({ cursor }) => cursor);
}
