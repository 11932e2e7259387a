/** The words of the warnings about the published feed: what it was compared with, what waits, what is not as expected. */
import type { WarningWords } from '../warning-words.ts';

const NOTHING = 'Nothing, if it is meant.';

export const PUBLISH_WORDS = {
  guardrails_not_checked: {
    form: 'why',
    seen: 'not all `guardrails` of the config are checked: {why}',
    means: 'These limits could not stop a wrong feed.',
    do: 'Compare the feed with the last one before you use it. `relay run` takes the published feed with `--baseline`; `required: true` or `on_trouble: {missing: fail}` stops a run without a vendor.',
  },
  expectation_not_met: {
    form: 'text',
    seen: 'the feed is not as `expect` says: {text}',
    all: '`reports/expectations.json`',
    means: 'The expectation has the severity `warn`, so the feed goes out. `reports/expectations.json` has more SKUs.',
    do: 'Look at the SKUs. Have the vendor correct them, or correct the expectation.',
  },
  expectations_not_checked: {
    form: 'why',
    seen: 'the config has `expect`, and it is not tried: {why}',
    means: 'Such a run merges only those vendors, and is never published.',
    do: NOTHING,
  },
  no_baseline: {
    form: 'why',
    seen: '{why}, so no price was compared and no SKU can have vanished',
    means: 'It is the first run of the tenant, or `relay run` was given no `--baseline`.',
    do: 'Look at the feed before you use it. Give later runs this one as `--baseline`.',
  },
  baseline_unusable: {
    form: 'text',
    seen: '{text}',
    means: 'The run was forced, so it started afresh, as if nothing were published.',
    do: 'Compare the feed with what the shop has: SKUs that vanished are not in the delta.',
  },
  publish_forced: {
    form: 'why',
    seen: 'holds and guardrails were set aside: {why}',
    means: 'Nothing stopped this feed, whatever its prices.',
    do: NOTHING,
  },
  formulas_escaped: {
    form: 'number',
    seen: '{number|text of the merged feed begins|texts of the merged feed begin} as a formula does, and {number|has|have} an apostrophe before it',
    means:
      '`output.escape_formulas` writes it, so that no spreadsheet reads a formula. Other programs take it as part of the text.',
    do: 'Nothing, if the feed is for a spreadsheet. If a program imports it, leave `escape_formulas` out.',
  },
  skus_held: {
    form: 'number',
    seen: '{number|SKU is|SKUs are} held, by the rules of `publish.holds`',
    means: 'A held SKU keeps its published price, and a new one stays out. `reports/holds.csv` lists them.',
    do: 'Look at them, and at the other warnings: many at once are a wrong feed more often than new prices. Accept or reject them with `relay holds`, in the service with `POST …/decisions`.',
  },
  prices_not_held: {
    form: 'why',
    seen: 'no price of a published SKU waits: {why}',
    means:
      'The rules of `publish.holds` could not compare prices, so all of them go out, and `delta.csv` lacks SKUs of which only the price changed.',
    do: 'Compare the feed with the last one before you use it. Give `relay run` the whole published feed as `--baseline`, under the names of Relay’s columns.',
  },
  held_below_cost: {
    form: 'number:examples',
    seen: 'the published price of {number|held SKU|held SKUs} is below today’s cost',
    means:
      'The price that would cover the cost waits for a person, and meanwhile each piece sold loses money, also while a stopped run leaves the feed before it in place. Rejected prices count, too.',
    do: 'If the cost is wrong, have the vendor correct it. If it is right, accept the new price with `relay holds`, in the service with `POST …/decisions`. With `publish.holds.held_below_cost: zero` such SKUs go out with quantity 0.',
  },
  decisions_unknown: {
    form: 'number:examples',
    seen: '{number|decision is|decisions are} about a SKU that neither the run nor the published feed has',
    means: 'It decides nothing. The SKU may be misspelled, or be gone.',
    do: 'Correct the SKU in the file of `--decisions`, or take the row out.',
  },
  decisions_not_held: {
    form: 'number:examples',
    seen: '{number|decision is|decisions are} about a SKU that nothing holds',
    means:
      'It decides nothing today: the SKU is another than you meant, or its price went out by itself, or the decision is about a price of some time ago.',
    do: 'Look at `reports/holds.csv`: correct the SKU in the file of `--decisions`, or take the row out.',
  },
  skus_vanished: {
    form: 'number',
    seen: '{number|published SKU is|published SKUs are} not in the run',
    means: '`reports/vanished.csv` has the reason for each, and what became of it.',
    do: 'If the reason is `removed` and you did not expect it, look at the vendor’s feed.',
  },
  skus_renamed: {
    form: 'number:examples',
    seen: '{number|SKU that a vendor no longer lists is|SKUs that vendors no longer list are} in the run under another name, with the same part before or after the number gone, new or changed',
    means:
      'A vendor puts a prefix or suffix to its SKUs, or leaves it out, or writes them with other zeros, hyphens or capitals. The shop loses these goods and gets them again as new ones, or has them twice if another vendor lists them. Of many SKUs a sample is compared: there may be more.',
    do: 'If the goods are the same, have the vendor go back, or give them their old names with a `sku_map` or in a vendor module, before you publish. If they are renamed for good, rename them in the shop.',
  },
} as const satisfies Record<string, WarningWords>;
