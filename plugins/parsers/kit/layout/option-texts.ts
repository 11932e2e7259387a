/** Texts that the options of a table share: names of columns, and of its own entries. */
import { z } from 'zod';
import { EXTRA_NAME, FEED_COLUMNS } from '../../../../core/canonical.ts';

export const name = z.string().min(1).max(200);
/** One column, or several, of which the first one present counts. */
export const names = z.union([name, z.array(name).min(1).max(100)], { error: 'must be a text or a list of texts' });
export const anyText = z.string().max(1000);
/** A canonical column that a feed can supply. */
export const canonical = z.enum(FEED_COLUMNS as [(typeof FEED_COLUMNS)[number]]);
/**
 * A canonical column, or an extra column of the tenant. The type has only the canonical ones, since TypeScript checks
 * the tables of modules with it.
 */
export const canonicalOrExtra = z.union([
  canonical,
  z.string().regex(EXTRA_NAME, 'must be a column'),
]) as unknown as typeof canonical;

/** Names become parts of paths. */
export const SIDE_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/;
