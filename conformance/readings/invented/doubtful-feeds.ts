/** Feeds in which something looks wrong, each with one to three such things. A seed gives the same ones everywhere. */
import { Random } from '../../oracle/generate/random.ts';
import { CELL_FAULTS } from './cell-faults.ts';
import { type DoubtfulFeed, draftText, type FeedDraft, plainRows } from './feed-draft.ts';
import { ROW_FAULTS } from './row-faults.ts';

const FAULTS = { ...CELL_FAULTS, ...ROW_FAULTS };
/** These cannot be seen in a few rows. */
const OF_MANY_ROWS = /row on|lost|gone|GTINs|cut$|alike|whole|old/;

export function doubtfulFeed(number: number): DoubtfulFeed {
  const random = new Random(number * 99_991);
  const all = Object.keys(FAULTS);
  const names = [...new Set([all[number % all.length]!, ...random.shuffle(all).slice(0, random.pick([0, 0, 1, 2]))])];
  const feed: DoubtfulFeed = { names, files: [], parser: {}, vendor: {}, config: {}, skuMap: null };
  const count = random.pick(names.some((name) => OF_MANY_ROWS.test(name)) ? [24, 26, 40, 60] : [3, 8, 21, 30]);
  const draft: FeedDraft = {
    ...{ random, rows: plainRows(random, count), options: {}, feed, edits: [] },
    ...{ lineEnd: '\n', delimiter: random.pick([',', ',', ';', '\t', '|']) },
  };
  for (const name of names) FAULTS[name]!(draft);
  if (random.chance(0.2)) draft.options.repair = true;
  const end = random.chance(0.9) ? draft.lineEnd : '';
  feed.files.unshift({ name: 'feed-1.csv', text: `${draftText(draft)}${end}` });
  feed.parser.delimiter = random.chance(0.9) ? draft.delimiter : 'auto';
  if (Object.keys(draft.options).length > 0) feed.parser.options = draft.options;
  return feed;
}
