import type { ApolloServerPlugin, GraphQLRequestContextWillSendResponse } from '@apollo/server';
import { Kind, type OperationDefinitionNode } from 'graphql';
import type { Metrics } from '#platform/metrics/metrics.js';

/** Of an operation that could not be made out. */
const INVALID = 'invalid';

/**
 * What an operation is counted as. The name that a client gives it would be a label that anybody can invent; its root field, once
 * it was checked against the schema, is one of ours.
 */
export function operationLabel({ operation, selectionSet }: OperationDefinitionNode): string {
  const fields = selectionSet.selections.map(selection => (selection.kind === Kind.FIELD ? selection.name.value : ''));
  const [field, ...others] = new Set(fields);
  if (!field || others.length > 0) return `${operation} several`;
  return field.startsWith('__') ? 'introspection' : `${operation} ${field}`;
}

/** `ok`, `refused` (the client’s doing) or `failed` (ours). */
export function outcomeOf({ response: { body } }: GraphQLRequestContextWillSendResponse<object>): string {
  const errors = (body.kind === 'single' && body.singleResult.errors) || [];
  if (errors.length === 0) return 'ok';
  return errors.some(({ extensions }) => extensions?.code === 'INTERNAL_SERVER_ERROR') ? 'failed' : 'refused';
}

/** Counts and times what comes over HTTP. */
export function graphqlMetrics({ operations, operationSeconds }: Metrics): ApolloServerPlugin {
  return {
    async requestDidStart() {
      const stop = operationSeconds.startTimer();
      let operation = INVALID;
      return {
        async didResolveOperation(request) {
          if (request.operation) operation = operationLabel(request.operation);
        },
        async willSendResponse(request) {
          stop({ operation });
          operations.inc({ operation, outcome: outcomeOf(request) });
        },
      };
    },
  };
}
