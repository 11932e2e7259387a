/** The feeds of a benchmark and the tenant that reads them, made if missing. */
import fs from 'node:fs';
import path from 'node:path';
import { HERE, step } from './measure.ts';

export const feedsOf = (size: string) => path.join(HERE, 'data', size);

/** The folder with the feeds. Its `relay/` has the tenant: `tenant.json` and `inbound/`. */
export function makeFeeds(size: string): string {
  const feeds = feedsOf(size);
  if (!fs.existsSync(path.join(feeds, 'config.json'))) step('make the feeds', 'node', ['peers/gen.mjs', size, feeds]);
  if (!fs.existsSync(path.join(feeds, 'relay/tenant.json')))
    step('make the tenant', 'node', ['peers/to-tenant.mjs', feeds, path.join(feeds, 'relay')]);
  return feeds;
}
