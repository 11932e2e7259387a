/** Looks for every local file that a tenant config names, as a run would, and reports absent and unreadable ones. */
import fs from 'node:fs';
import path from 'node:path';
import { parserOf } from '../../api/config/parser-of.ts';
import { configAt, configList } from '../../core/config/raw.ts';
import type { VendorConfig } from '../../core/config/schema.ts';
import { RelayError } from '../../core/errors.ts';
import type { SideFileLocation } from '../../core/layout.ts';
import { FeedNames, passedOverText } from '../../core/pipeline/fetch/not-a-feed.ts';
import type { ConfigProblem } from '../../core/plugin.ts';
import { filesOf, sideFilesOf } from '../../core/plugin-call.ts';
import type { Registry } from '../../core/registry.ts';
import { didYouMean } from '../../core/text/suggest.ts';
import { openOrdinaryFile, requireInside } from '../ordinary-file.ts';
import { LocalInputs, sideFilePaths } from './inputs.ts';

export interface NamedFilesOptions {
  /** The folder with a subfolder per vendor; null if feeds are not checked. */
  folder: string | null;
  configFolder: string;
  /** As in a run: files outside `folder` count if links in it lead there. */
  followLinks: boolean;
  registry: Registry;
  feedFilesMax: number;
}

export interface NamedFilesReport {
  problems: ConfigProblem[];
  /** Each as `code:detail`, as in a run. */
  warnings: string[];
}

/** `raw` may have any shape: what the config's check refuses is skipped here. */
export async function checkNamedFiles(raw: unknown, options: NamedFilesOptions): Promise<NamedFilesReport> {
  const report: NamedFilesReport = { problems: [], warnings: [] };
  const rates = locationOf(configAt(raw, 'pricing', 'vendor_terms', 'rates'));
  const ratesProblem = rates === null ? null : locationProblem(rates, options);
  if (rates !== null && ratesProblem !== null)
    report.problems.push({ path: `pricing.vendor_terms.rates.${locationField(rates)}`, ...ratesProblem });
  const policy = configAt(raw, 'error_policy', 'missing_required_vendor_policy');
  const vendors = configList(raw, 'vendors');
  const ids = vendors.map((vendor) => configAt(vendor, 'vendor_id'));
  for (const [i, vendor] of vendors.entries()) {
    for (const { at, location } of locationsOf(vendor, options.registry)) {
      const problem = locationProblem(location, options);
      if (problem !== null) report.problems.push({ path: `vendors[${i}].${at}`, ...problem });
    }
    const id = ids[i];
    if (options.folder === null || typeof id !== 'string') continue;
    const problem = await feedProblem(vendor, { id, ids }, options.folder, options);
    if (problem === null) continue;
    const required = configAt(vendor, 'required') !== false;
    const missing = problem.code === 'file_missing';
    if (missing && (!required || policy === 'warn_only'))
      report.warnings.push(`${required ? 'required' : 'optional'}_vendor_missing:${id}`);
    else report.problems.push({ path: `vendors[${i}].inbound`, ...problem });
  }
  return report;
}

type FileProblem = Omit<ConfigProblem, 'path'>;

interface ConfiguredFile {
  location: SideFileLocation;
  /** Its path below the vendor. */
  at: string;
}

/** The SKU map, and the side files of the parser's options. */
function locationsOf(vendor: unknown, registry: Registry): ConfiguredFile[] {
  const locations: ConfiguredFile[] = [];
  const map = locationOf(configAt(vendor, 'sku_map'));
  if (map !== null) locations.push({ location: map, at: `sku_map.${locationField(map)}` });
  try {
    const parser = parserOf(vendor, registry);
    for (const { path: at, location } of parser === null ? [] : sideFilesOf(parser.manifest, parser.options))
      locations.push({ location, at: `parser.options.${at}.${locationField(location)}` });
  } catch {
    // the config's check reports invalid options and plugins
  }
  return locations;
}

function locationOf(value: unknown): SideFileLocation | null {
  const [type, key, file] = ['type', 's3_key', 'local_path'].map((field) => configAt(value, field));
  const text = (one: unknown) => (typeof one === 'string' && one !== '' ? one : null);
  return type === 's3' || type === 'file' ? { type, s3_key: text(key), local_path: text(file) } : null;
}

export function locationField({ type }: SideFileLocation): string {
  return type === 's3' ? 's3_key' : 'local_path';
}

/** Null if one of the places has a readable file. A run takes the first place that exists. */
function locationProblem(location: SideFileLocation, options: NamedFilesOptions): FileProblem | null {
  let places: readonly string[];
  try {
    places = sideFilePaths(location, options);
    for (const place of places) {
      const problem = fileProblem(place);
      if (problem?.code === 'file_missing') continue;
      if (location.type === 's3' && options.folder !== null && !options.followLinks)
        requireInside(options.folder, place);
      return problem;
    }
  } catch (error) {
    if (error instanceof RelayError) return unreadable(error.message);
    throw error;
  }
  if (places.length === 0) return null;
  const tried = places.length > 1 ? `; tried ${places.join(' and ')}` : '';
  return missing(`there is no file ${location.local_path ?? places[0]}${tried}`);
}

async function feedProblem(
  vendor: unknown,
  { id, ids }: { id: string; ids: readonly unknown[] },
  folder: string,
  { registry, feedFilesMax: filesMax, configFolder, followLinks }: NamedFilesOptions,
): Promise<FileProblem | null> {
  try {
    const parser = parserOf(vendor, registry);
    if (parser === null) return null;
    const selection = filesOf(parser.manifest, parser.options);
    const names = new FeedNames(selection?.match ?? null);
    const inputs = new LocalInputs({ folder, files: new Map(), configFolder, followLinks });
    const wanted = selection === null ? null : { ...selection, filesMax };
    const own = path.join(folder, id);
    const found = await inputs.find({ vendor_id: id } as VendorConfig, wanted, names);
    if (found.length === 0) {
      const pattern = selection === null ? '' : ` whose name matches ${selection.match}`;
      // the folder of another vendor is no misspelling
      const folders = fs.existsSync(own) ? [] : fs.readdirSync(folder).filter((name) => !ids.includes(name));
      const near = didYouMean(id, folders);
      return missing(`no feed${pattern} was found in ${own}${path.sep}${near}${passedOverText(names.passedOver)}`);
    }
    for (const { source } of found) for await (const _ of source.open()) break;
    return null;
  } catch (error) {
    // invalid options are reported by the config's check
    if (!(error instanceof RelayError) || error.code.startsWith('plugin_')) return null;
    return { code: 'file_unreadable', message: error.message };
  }
}

function fileProblem(file: string): FileProblem | null {
  try {
    const { fd } = openOrdinaryFile(file);
    const { size } = fs.fstatSync(fd);
    fs.closeSync(fd);
    return size === 0 ? unreadable(`${file} is empty`) : null;
  } catch (error) {
    if (!(error instanceof RelayError)) throw error;
    const { code, message } = error;
    return ['not_found', 'not_a_folder'].includes(code) ? missing(`there is no file ${file}`) : unreadable(message);
  }
}

function missing(message: string): FileProblem {
  return { code: 'file_missing', message };
}

function unreadable(message: string): FileProblem {
  return { code: 'file_unreadable', message };
}
