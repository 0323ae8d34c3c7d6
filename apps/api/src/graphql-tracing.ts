import type { ApolloServerPlugin } from '@apollo/server';
import type { Tracing } from '#platform/tracing/tracing.js';
import { operationLabel, outcomeOf } from './graphql-metrics.js';

/** The codes of spans' states; the package that names them is not loaded where no traces are made. */
const ERROR = 2;

/** Names a request's span after what was asked for, by our own names only, and says what became of it. */
export function graphqlTracing(tracing: Tracing): ApolloServerPlugin {
  return {
    async requestDidStart() {
      return {
        async didResolveOperation({ operation }) {
          if (operation) tracing.current?.updateName(operationLabel(operation));
        },
        async willSendResponse(request) {
          const outcome = outcomeOf(request);
          tracing.current?.setAttribute('chronicle.outcome', outcome);
          if (outcome === 'failed') tracing.current?.setStatus({ code: ERROR });
        },
      };
    },
  };
}
