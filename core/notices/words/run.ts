/** Warnings about files and vendors of a run, and about what it publishes. */
import type { WarningWords } from '../warning-words.ts';

const NOTHING = 'Nothing, if it is meant.';

export const RUN_WORDS = {
  optional_vendor_missing: {
    form: 'vendor',
    seen: 'there is no file of this vendor',
    means:
      'The vendor has `required: false`: the run continues without its offers, unless `on_trouble.missing` says `fail` or `carry_over`.',
    do: 'Nothing, if the vendor has nothing to send.',
  },
  required_vendor_missing: {
    form: 'vendor',
    seen: 'there is no file of this required vendor',
    means:
      'The run fails, unless `on_trouble.missing` lets it carry an earlier file over (`vendor_carried_over` says so) or continue without the vendor, or `missing_required_vendor_policy` is `warn_only`.',
    do: 'Have the file sent, and run again.',
  },
  vendor_left_out: {
    form: 'vendor',
    seen: 'the vendor is left out: its feed cannot be used',
    means: '`errors.json` says what is wrong with it. `on_trouble` or `error_policy` lets the run continue without it.',
    do: 'Have the feed corrected; or, if a required column is missing, map it in `parser.column_map`.',
  },
  vendor_carried_over: {
    form: 'vendor:text',
    seen: 'an earlier file of the vendor was read again ({text})',
    means: 'Its own file is missing, stale or cannot be used. Prices and quantities are as old as that file.',
    do: 'Have the vendor send its feed. `carry_over_max_hours` ends this.',
  },
  invalid_rows_within_threshold: {
    form: '',
    seen: '{number|row is|rows are} invalid, which `error_policy` allows',
    means: 'They are left out of the merged feed.',
    do: 'Read `errors.json`, which has each of them, and have the vendors correct them.',
  },
  merged_feed_empty: {
    form: 'text',
    seen: 'the merged feed has only a header: {text}',
    means: 'A shop that imports it may lose all its offers.',
    do: 'Do not publish it. Look at the feeds, and map cost or price.',
  },
  skus_left_out: {
    form: 'number',
    seen: 'the merge strategy chose no offer for {number|SKU|SKUs}',
    means: 'They are not in the merged feed, and not among `unpriced_skus`.',
    do: NOTHING,
  },
  inbound_prefixes_overlap: {
    form: 'text',
    seen: '{text}',
    means: 'The outer vendor may be given the inner one’s file as its newest.',
    do: 'Give each vendor its own folder in `inbound.s3_prefix`.',
  },
  inbound_prefix_of_other_tenant: {
    form: 'vendor:prefix',
    seen: '`inbound.s3_prefix` is {prefix}, where another tenant’s files are',
    means: 'This tenant’s feed has that tenant’s goods and costs.',
    do: 'Leave `s3_prefix` out, or move files that tenants share out of `tenants/`.',
  },
  file_in_transfer: {
    form: 'vendor:file',
    seen: 'the file {file} is still in transfer, by its name. It was skipped',
    means: 'The vendor’s newest feed may not have arrived yet; an older one was read, if there is one.',
    do: 'Wait until it is complete, and run again. Remove it if its transfer broke off.',
  },
  files_alike: {
    form: 'vendor:text',
    seen: 'files with the same bytes are read as one feed: {text}',
    means:
      'One of them is probably a copy. Each row counts twice: with `duplicate_sku: sum_quantity` the stock is doubled.',
    do: 'Remove the copy, or narrow the pattern of `parser.options.files`.',
  },
  feed_sent_again: {
    form: 'vendor:text',
    seen: 'a new file has the very bytes of the one that is published: {text}',
    means: 'Nothing changed at the vendor for a day; or its export has stopped, and an old file is sent over and over.',
    do: 'Ask the vendor if it lasts. `expect` and `guardrails.stale_after_hours` cannot notice it, as the file is new.',
  },
  feed_older_than_published: {
    form: 'vendor:text',
    seen: 'the newest file is older than the one that is published: {text}',
    means: 'The file that was read last time was removed or its time was set back. Prices and quantities go back, too.',
    do: 'Have the vendor send its feed again, unless an older one is meant.',
  },
  more_warnings: {
    form: 'number',
    seen: '{number|more warning is|more warnings are} not in the run’s record',
    means: 'A record has the first 50.',
    do: 'Read `run_summary.json`, which has all.',
  },
} as const satisfies Record<string, WarningWords>;
