import type { Sender } from '#platform/graphql/command.js';
import type { Viewer } from './viewer.js';

/** What every GraphQL operation knows of who asks: `@Context() { viewer }: RequestContext`. */
export interface RequestContext {
  readonly sender: Sender;
  readonly viewer: Viewer;
  /** The client's network address, as far as the proxies can be trusted that stand before us. */
  readonly address: string;
}
