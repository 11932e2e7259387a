/** Schemas that are made late. */
import { z } from 'zod';
import { once } from '../once.ts';

/**
 * A schema that is made when it first reads a value: a config uses few of the sections that it may have, and making their schemas
 * takes longer than checking a small config. For schemas that give an absent value no meaning of their own, so without a default.
 */
export function late<T extends z.ZodType>(make: () => T): z.ZodLazy<T> {
  const schema = z.lazy(once(make));
  // asked by `.optional()`, and asking the schema itself would make it
  schema._zod.optin = undefined;
  schema._zod.optout = undefined;
  return schema;
}
