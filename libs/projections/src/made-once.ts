/**
 * A text for a schema and a part of a plan, made once: a live page is small, and putting its statements together anew would take
 * longer than folding it. It is also found by its name faster when it is the same text and not an equal one.
 */
export function madeOnce<Of extends object>(make: (schema: string, of: Of) => string): typeof make {
  const made = new WeakMap<Of, Map<string, string>>();
  return (schema, of) => {
    let texts = made.get(of);
    if (!texts) {
      texts = new Map();
      made.set(of, texts);
    }
    let text = texts.get(schema);
    if (text === undefined) {
      text = make(schema, of);
      texts.set(schema, text);
    }
    return text;
  };
}
