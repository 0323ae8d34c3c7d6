import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parse } from 'graphql';
import { refuse } from '#event-sourcing/refusal.js';
import { parseOptions } from './parse-options.js';

/** A request as clients with persisted operations send it: the document itself, or only its id. */
interface Body {
  readonly query?: unknown;
  readonly extensions?: { readonly persistedQuery?: { readonly sha256Hash?: unknown } } & Readonly<
    Record<string, unknown>
  >;
}

const digestOf = (document: string) => createHash('sha256').update(document).digest('hex');

/** The only documents that are answered: what our own clients were built with. */
export class PersistedOperations {
  private constructor(private readonly documents: ReadonlyMap<string, string>) {}

  /**
   * From a file as builds of clients write it: `{ "<id>": "query { … }" }`.
   * @throws Error for anything else, before anybody is answered.
   */
  static from(file: string): PersistedOperations {
    const entries = Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>);
    const documents = new Map<string, string>();
    for (const [id, document] of entries) {
      if (typeof document !== 'string') throw new Error(`${file}: ${id} is no document.`);
      parse(document, parseOptions);
      documents.set(id, document).set(digestOf(document), document);
    }
    return new PersistedOperations(documents);
  }

  /** @throws Refusal OPERATION_NOT_ALLOWED for a document that is not among them. */
  check(document: string): void {
    if (!this.documents.has(digestOf(document))) throw notAllowed();
  }

  /** The request with its document in it. @throws Refusal OPERATION_NOT_ALLOWED. */
  complete(body: unknown): unknown {
    if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
    const { query, extensions: { persistedQuery, ...extensions } = {}, ...rest } = body as Body;
    const id = persistedQuery?.sha256Hash ?? (typeof query === 'string' ? digestOf(query) : undefined);
    const document = typeof id === 'string' ? this.documents.get(id) : undefined;
    if (document === undefined) throw notAllowed();
    return { ...rest, extensions, query: document };
  }
}

const notAllowed = () =>
  refuse('OPERATION_NOT_ALLOWED', 'Only registered operations are answered here.', {
    allowed: 'a registered document, or its id as extensions.persistedQuery.sha256Hash',
  });
