/** Reads the headers of the feeds under `--input DIR`, as a run would, and reports absent and ambiguous columns. */
import type { TenantConfig, VendorConfig } from '../../core/config/schema.ts';
import { vendorCurrency } from '../../core/config/vendor-terms.ts';
import { RelayError } from '../../core/errors.ts';
import { bindPlugins } from '../../core/pipeline/bind.ts';
import { FeedNames } from '../../core/pipeline/fetch/not-a-feed.ts';
import { HookWaits } from '../../core/pipeline/hook-waits.ts';
import { extraSources } from '../../core/pipeline/normalize/columns/extra-columns.ts';
import { feedColumnWarnings } from '../../core/pipeline/normalize/feed/feed-columns.ts';
import type { ConfigProblem } from '../../core/plugin.ts';
import type { ByteSource, EngineLimits } from '../../core/ports/engine.ts';
import type { Registry } from '../../core/registry.ts';
import { pricingDefaults } from '../../plugins/index.ts';
import { LocalInputs } from './inputs.ts';
import type { NamedFilesReport } from './named-files.ts';

export interface FeedHeadersOptions {
  folder: string;
  configFolder: string;
  followLinks: boolean;
  registry: Registry;
  limits: EngineLimits;
}

/** Skips vendors without a file: `checkNamedFiles` reports them. */
export async function checkFeedHeaders(config: TenantConfig, options: FeedHeadersOptions): Promise<NamedFilesReport> {
  const { folder, configFolder, followLinks, registry, limits } = options;
  const report: NamedFilesReport = { problems: [], warnings: [] };
  const plugins = await bindPlugins(config, registry, pricingDefaults, { limits, waits: new HookWaits(), used: [] });
  const inputs = new LocalInputs({ folder, files: new Map(), configFolder, followLinks });
  const isStrict = config.error_policy.fail_on_missing_required_columns;
  for (const [i, vendor] of config.vendors.entries()) {
    for (const source of await feedsOf(vendor)) {
      try {
        const feed = await plugins.parser(vendor).prepare(startOf(source));
        const extras = extraSources(config.extra_columns, vendor.parser.column_map, feed.layout);
        const columns = { vendorId: vendor.vendor_id, extras, currency: vendorCurrency(config, vendor.vendor_id) };
        report.warnings.push(...(await feedColumnWarnings(feed, columns, limits)));
      } catch (error) {
        if (!(error instanceof RelayError) || error.code.startsWith('plugin_')) throw error;
        if (error.code === 'missing_required_columns' && !isStrict)
          report.warnings.push(`vendor_left_out:${vendor.vendor_id}`);
        else report.problems.push(problemOf(error, i, source.name));
      }
    }
  }
  return { problems: report.problems, warnings: [...new Set(report.warnings)] };

  async function feedsOf(vendor: VendorConfig): Promise<ByteSource[]> {
    const selection = plugins.files(vendor);
    const wanted = selection === null ? null : { ...selection, filesMax: limits.feedFilesMax };
    try {
      const found = await inputs.find(vendor, wanted, new FeedNames(selection?.match ?? null));
      return found.filter(({ size }) => size <= limits.vendorFileBytesMax).map(({ source }) => source);
    } catch (error) {
      // files that cannot be found or opened are reported elsewhere
      if (error instanceof RelayError) return [];
      throw error;
    }
  }
}

function problemOf({ code, message }: RelayError, vendor: number, file: string): ConfigProblem {
  const isColumn = code === 'missing_required_columns' || code === 'ambiguous_column';
  const at = isColumn ? 'parser.column_map' : 'parser';
  return { path: `vendors[${vendor}].${at}`, code, message: `${file}: ${message}` };
}

/** The most bytes that are read of a text file. */
const START_BYTES = 1 << 20;
const LF = 0x0a;
const CR = 0x0d;
/** The first bytes of gzip, ZIP and old workbooks: these are read as a whole. */
const CONTAINERS = ['1f8b', '504b', 'd0cf11e0'];

/** The start of a text file, up to a line end; other files as a whole. */
function startOf(source: ByteSource): ByteSource {
  if ((source.size ?? START_BYTES) <= START_BYTES) return source;
  return {
    name: source.name,
    size: source.size,
    async *open() {
      const chunks: Uint8Array[] = [];
      let bytes = 0;
      let isWhole = false;
      for await (const chunk of source.open()) {
        if (bytes === 0)
          isWhole = CONTAINERS.some((magic) => Buffer.from(chunk.subarray(0, 4)).toString('hex').startsWith(magic));
        if (isWhole) {
          bytes = 1;
          yield chunk;
          continue;
        }
        chunks.push(chunk.slice());
        bytes += chunk.length;
        if (bytes >= START_BYTES) break;
      }
      if (!isWhole) yield wholeLines(Buffer.concat(chunks).subarray(0, START_BYTES));
    },
  };
}

/** The part up to the last line end, or in UTF-16 and UTF-32 up to a whole character. */
function wholeLines(bytes: Uint8Array): Uint8Array {
  if (bytes.subarray(0, 1000).includes(0)) return bytes.subarray(0, bytes.length - (bytes.length % 4));
  const end = Math.max(bytes.lastIndexOf(LF), bytes.lastIndexOf(CR));
  return end < 0 ? bytes : bytes.subarray(0, end + 1);
}
