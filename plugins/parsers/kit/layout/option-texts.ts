/** Texts that the options of a table share: names of columns, and of its own entries. */
import { z } from 'zod';
import { EXTRA_NAME, FEED_COLUMNS } from '../../../../core/canonical.ts';

export const name = z.string().min(1).max(200);
/** One column, or several of which the first that is there counts. */
export const names = z.union([name, z.array(name).min(1).max(100)], { error: 'must be a text or a list of texts' });
export const anyText = z.string().max(1000);
/** A canonical column that a feed can supply. */
export const canonical = z.enum(FEED_COLUMNS as [(typeof FEED_COLUMNS)[number]]);
/** One of these, or an extra column of the tenant. To TypeScript, which checks the tables of modules, only the canonical ones exist. */
export const canonicalOrExtra = z.union([canonical, z.string().regex(EXTRA_NAME)]) as unknown as typeof canonical;

/** Names end up in paths. */
export const SIDE_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/;
