/** The operator's settings: the only place where environment variables are read. */
import { DEFAULT_CONFIG_LIMITS } from '../core/config/check.ts';
import { RelayError } from '../core/errors.ts';
import { DEFAULT_LIMITS, type EngineLimits } from '../core/ports/engine.ts';
import { PLUGINS_SETTING } from './plugins/allow-list.ts';

export interface Settings {
  limits: EngineLimits;
  vendorsMax: number;
  /** Bytes of a config file. */
  configBytesMax: number;
  /** The operator's list of plugins that are not built in. */
  pluginsFile: string | null;
}

/** Where a number that an operator can set ends up, and the smallest value that makes sense. */
type NumberSetting<Field> = readonly [name: string, field: Field, smallest: number];

const LIMITS: ReadonlyArray<NumberSetting<keyof EngineLimits>> = [
  ['LIMIT_VENDOR_FILE_BYTES', 'vendorFileBytesMax', 1],
  ['LIMIT_FEED_FILES', 'feedFilesMax', 1],
  ['LIMIT_ARCHIVE_ENTRIES', 'archiveEntriesMax', 1],
  ['LIMIT_ARCHIVE_RATIO', 'archiveRatioMax', 1],
  ['LIMIT_ARCHIVE_DEPTH', 'archiveDepthMax', 0],
  ['LIMIT_SHEET_COLUMNS', 'sheetColumnsMax', 1],
  ['LIMIT_CELL_CHARS', 'cellCharsMax', 1],
  ['LIMIT_SHARED_STRINGS_BYTES', 'sharedStringsBytes', 1],
  ['LIMIT_RECORD_BYTES', 'recordBytesMax', 64],
  ['LIMIT_ERRORS', 'errorsMax', 1],
  ['LIMIT_ERRORS_CHARS', 'errorsCharsMax', 1],
  ['LIMIT_ERROR_VALUE_CHARS', 'errorValueCharsMax', 1],
  ['LIMIT_OFFERS_PER_SKU', 'offersPerSkuMax', 1],
  ['MEMORY_SORT_BYTES', 'sortBytes', 1 << 16],
  ['MEMORY_OFFERS_BYTES', 'offersBytes', 0],
  ['MEMORY_MERGE_BYTES', 'mergeBytes', 1 << 16],
];

const OWN: ReadonlyArray<NumberSetting<'vendorsMax' | 'configBytesMax'>> = [
  ['LIMIT_VENDORS', 'vendorsMax', 1],
  ['LIMIT_CONFIG_BYTES', 'configBytesMax', 1],
];

export const SETTING_NAMES: readonly string[] = [...LIMITS, ...OWN].map(([name]) => name);

/** Throws `setting_invalid` with every bad setting at once. */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const settings: Settings = {
    limits: { ...DEFAULT_LIMITS },
    ...DEFAULT_CONFIG_LIMITS,
    configBytesMax: 256 * 1024,
    pluginsFile: env[PLUGINS_SETTING] || null,
  };
  const problems: string[] = [];
  const numberIn = ([name, , smallest]: NumberSetting<string>, otherwise: number): number => {
    const text = env[name];
    if (text === undefined || text === '') return otherwise;
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= smallest) return value;
    problems.push(`${name} must be a whole number from ${smallest}, not "${text}"`);
    return otherwise;
  };
  for (const one of OWN) settings[one[1]] = numberIn(one, settings[one[1]]);
  for (const one of LIMITS) settings.limits[one[1]] = numberIn(one, settings.limits[one[1]]);
  if (problems.length > 0) throw new RelayError('setting_invalid', problems.join('; '));
  return settings;
}
