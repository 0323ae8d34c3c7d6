import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A span as OTLP says it in JSON. */
export interface SentSpan {
  readonly service: string;
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly attributes: Readonly<Record<string, unknown>>;
  /** 2: it failed. */
  readonly status: number;
}

/** A collector of traces, as far as an exporter can tell. */
export interface Collector {
  readonly endpoint: string;
  readonly spans: SentSpan[];
  close(): Promise<void>;
}

interface Value {
  readonly stringValue?: string;
  readonly intValue?: number;
}
type Attributes = readonly { readonly key: string; readonly value: Value }[];
type Told = Omit<SentSpan, 'service' | 'attributes' | 'links' | 'status'> & {
  readonly attributes?: Attributes;
  readonly links?: SentSpan['links'];
  readonly status: { readonly code?: number };
};
interface Body {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: Attributes };
    readonly scopeSpans: readonly { readonly spans: readonly Told[] }[];
  }[];
}

const plain = (attributes: Attributes = []): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue]));

function spansIn({ resourceSpans }: Body): SentSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map(({ attributes, links = [], status, ...span }) => ({
        ...span,
        service: String(plain(resource.attributes)['service.name']),
        links: links.map(({ traceId, spanId }) => ({ traceId, spanId })),
        attributes: plain(attributes),
        status: status.code ?? 0,
      })),
    ),
  );
}

export async function startCollector(): Promise<Collector> {
  const spans: SentSpan[] = [];
  const server = createServer(async (request, answer) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    if (request.url !== '/v1/traces' || request.headers['content-type'] !== 'application/json') answer.statusCode = 404;
    else spans.push(...spansIn(JSON.parse(Buffer.concat(pieces).toString()) as Body));
    answer.setHeader('content-type', 'application/json').end('{}');
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    close: () => new Promise(resolve => server.close(() => resolve())),
  };
}
