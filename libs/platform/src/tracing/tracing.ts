import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Attributes,
  type Link,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { sampler } from './sampler.js';

/** A collector that does not answer must neither hold up the end of the process nor pile up spans. */
const EXPORT_TIMEOUT_MS = 3_000;
/** What the SDK keeps of a span's links; more would be dropped silently. */
const LINKS_AT_MOST = 128;

export interface TracingOptions {
  /** The collector, as in `OTEL_EXPORTER_OTLP_ENDPOINT`: `http://127.0.0.1:4318`. */
  readonly endpoint: string;
  readonly serviceName: string;
  /** The share of traces that begin here and are recorded, from 0 to 1. */
  readonly ratio: number;
}

export interface Beginning {
  readonly kind?: keyof typeof SpanKind;
  readonly attributes?: Attributes;
  /** W3C `traceparent` of what caused it, where that is not what runs now. */
  readonly parent?: string;
  /** W3C `traceparent`s of what it has to do with. */
  readonly links?: readonly string[];
  /** By `performance.now()`; default now. */
  readonly startTime?: number;
}

/** Spans of this process, sent to a collector. Loaded only where one is configured: all others pay nothing. */
export class Tracing {
  private readonly active = new AsyncLocalStorage<Span>();
  private readonly provider: TracerProvider;
  private readonly tracer: Tracer;

  constructor({ endpoint, serviceName, ratio }: TracingOptions) {
    const url = `${endpoint.replace(/\/$/, '')}/v1/traces`;
    const exporter = new OTLPTraceExporter({ url, timeoutMillis: EXPORT_TIMEOUT_MS });
    this.provider = new TracerProvider({
      resource: resourceFromAttributes({ 'service.name': serviceName }),
      sampler: sampler(ratio),
      spanProcessors: [new BatchSpanProcessor({ exporter, exportTimeoutMillis: EXPORT_TIMEOUT_MS })],
    });
    this.tracer = this.provider.getTracer('chronicle');
  }

  /** A span that somebody else ends. */
  begin(name: string, { kind = 'INTERNAL', attributes, parent, links, startTime }: Beginning = {}): Span {
    const caller = (parent !== undefined && parseTraceParent(parent)) || this.active.getStore()?.spanContext();
    const context = caller ? trace.setSpanContext(ROOT_CONTEXT, caller) : ROOT_CONTEXT;
    const linked = linksTo(links ?? []);
    return this.tracer.startSpan(name, { kind: SpanKind[kind], attributes, links: linked, startTime }, context);
  }

  /** Runs `work` with a span as the active one: spans that begin in it lie below. */
  within<T>(span: Span, work: () => T): T {
    return this.active.run(span, work);
  }

  /** Runs `work` in a span of its own; it fails with it. */
  async span<T>(name: string, beginning: Beginning, work: (span: Span) => Promise<T>): Promise<T> {
    const span = this.begin(name, beginning);
    try {
      return await this.within(span, () => work(span));
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: (error as Error).name });
      throw error;
    } finally {
      span.end();
    }
  }

  get current(): Span | undefined {
    return this.active.getStore();
  }

  /** The active span for others to refer to; nothing where it is not recorded. */
  get traceparent(): string | undefined {
    const span = this.active.getStore();
    if (!span?.isRecording()) return undefined;
    const { traceId, spanId } = span.spanContext();
    return `00-${traceId}-${spanId}-01`;
  }

  /** Sends what was recorded, and no more from then on. */
  async close(): Promise<void> {
    await this.provider.shutdown().catch(() => undefined);
  }
}

/** Each once; what is no `traceparent` (an imported event may hold anything) links to nothing. */
function linksTo(traceparents: readonly string[]): Link[] {
  const links: Link[] = [];
  for (const text of new Set(traceparents)) {
    if (links.length === LINKS_AT_MOST) break;
    const context = parseTraceParent(text);
    if (context) links.push({ context });
  }
  return links;
}
