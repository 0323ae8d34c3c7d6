import type { FieldMiddleware } from '@nestjs/graphql';

/** Lets a field's value be a function, which is called only if the field is selected. Without this Nest answers the function. */
export const lazily: FieldMiddleware = async (_, next) => {
  const value: unknown = await next();
  return typeof value === 'function' ? value() : value;
};
