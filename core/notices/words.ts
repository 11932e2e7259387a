/**
 * What each warning of a run says in words: what was seen, what it may mean, what to do. `words/` is the only place of these words:
 * the command line and `run_summary.json` show them, and `npm run docs` writes the table of docs/ERRORS.md from them.
 *
 * A new warning gets an entry in the file of its concern, and is raised where it is seen: by `IssueLog.warn`, or of winners by `PriceWatch`.
 * A test holds the two together.
 */
import { AMOUNT_WORDS } from './words/amounts.ts';
import { FEED_WORDS } from './words/feeds.ts';
import { PUBLISH_WORDS } from './words/publish.ts';
import { RUN_WORDS } from './words/run.ts';
import { SKU_WARNING_WORDS } from './words/skus.ts';

export type { WarningWords } from './warning-words.ts';

export const WARNING_WORDS = {
  ...FEED_WORDS,
  ...SKU_WARNING_WORDS,
  ...AMOUNT_WORDS,
  ...RUN_WORDS,
  ...PUBLISH_WORDS,
} as const;
