/** What survives a round trip through JSON: the only thing that an event may carry. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

type Primitive = string | number | boolean | null | undefined;

/** `T` where it is JSON; a `Date`, `bigint`, `Map` or function inside turns into `never`, so the compiler names the property. */
export type JsonOf<T> = T extends Primitive
  ? T
  : T extends readonly (infer Item)[]
    ? readonly JsonOf<Item>[]
    : T extends Date | ((...args: never[]) => unknown) | ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>
      ? never
      : T extends object
        ? { [Key in keyof T]: JsonOf<T[Key]> }
        : never;

/** Event types by name, each with the shape of its data: `{ LeadCaptured: { leadId: string } }`. */
export type EventMap<Events> = { [Type in keyof Events]: JsonOf<Events[Type]> };
