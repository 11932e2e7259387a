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

interface Setting {
  name: string;
  smallest: number;
  apply(settings: Settings, value: number): void;
}

/** Every number that an operator can set, with the smallest value that makes sense. */
const SETTINGS: readonly Setting[] = [
  {
    name: 'LIMIT_VENDOR_FILE_BYTES',
    smallest: 1,
    apply: (s, value) => Object.assign(s.limits, { vendorFileBytesMax: value }),
  },
  {
    name: 'LIMIT_FEED_FILES',
    smallest: 1,
    apply: (s, value) => Object.assign(s.limits, { feedFilesMax: value }),
  },
  {
    name: 'LIMIT_ARCHIVE_ENTRIES',
    smallest: 1,
    apply: (s, value) => Object.assign(s.limits, { archiveEntriesMax: value }),
  },
  {
    name: 'LIMIT_ARCHIVE_RATIO',
    smallest: 1,
    apply: (s, value) => Object.assign(s.limits, { archiveRatioMax: value }),
  },
  {
    name: 'LIMIT_ARCHIVE_DEPTH',
    smallest: 0,
    apply: (s, value) => Object.assign(s.limits, { archiveDepthMax: value }),
  },
  {
    name: 'LIMIT_SHEET_COLUMNS',
    smallest: 1,
    apply: (s, value) => Object.assign(s.limits, { sheetColumnsMax: value }),
  },
  {
    name: 'LIMIT_CELL_CHARS',
    smallest: 1,
    apply: (s, value) => Object.assign(s.limits, { cellCharsMax: value }),
  },
  {
    name: 'LIMIT_SHARED_STRINGS_BYTES',
    smallest: 1,
    apply: (s, value) => Object.assign(s.limits, { sharedStringsBytes: value }),
  },
  { name: 'LIMIT_VENDORS', smallest: 1, apply: (s, value) => Object.assign(s, { vendorsMax: value }) },
  { name: 'LIMIT_CONFIG_BYTES', smallest: 1, apply: (s, value) => Object.assign(s, { configBytesMax: value }) },
  { name: 'LIMIT_RECORD_BYTES', smallest: 64, apply: (s, value) => Object.assign(s.limits, { recordBytesMax: value }) },
  { name: 'LIMIT_ERRORS', smallest: 1, apply: (s, value) => Object.assign(s.limits, { errorsMax: value }) },
  {
    name: 'LIMIT_ERRORS_CHARS',
    smallest: 1,
    apply: (s, value) => Object.assign(s.limits, { errorsCharsMax: value }),
  },
  {
    name: 'LIMIT_ERROR_VALUE_CHARS',
    smallest: 1,
    apply: (s, value) => Object.assign(s.limits, { errorValueCharsMax: value }),
  },
  {
    name: 'LIMIT_OFFERS_PER_SKU',
    smallest: 1,
    apply: (s, value) => Object.assign(s.limits, { offersPerSkuMax: value }),
  },
  { name: 'MEMORY_SORT_BYTES', smallest: 1 << 16, apply: (s, value) => Object.assign(s.limits, { sortBytes: value }) },
  { name: 'MEMORY_OFFERS_BYTES', smallest: 0, apply: (s, value) => Object.assign(s.limits, { offersBytes: value }) },
  {
    name: 'MEMORY_MERGE_BYTES',
    smallest: 1 << 16,
    apply: (s, value) => Object.assign(s.limits, { mergeBytes: value }),
  },
];

export const SETTING_NAMES: readonly string[] = SETTINGS.map((setting) => setting.name);

/** Throws `setting_invalid` with every bad setting at once. */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const settings: Settings = {
    limits: { ...DEFAULT_LIMITS },
    ...DEFAULT_CONFIG_LIMITS,
    configBytesMax: 256 * 1024,
    pluginsFile: env[PLUGINS_SETTING] || null,
  };
  const problems: string[] = [];
  for (const { name, smallest, apply } of SETTINGS) {
    const text = env[name];
    if (text === undefined || text === '') continue;
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= smallest) apply(settings, value);
    else problems.push(`${name} must be a whole number from ${smallest}, not "${text}"`);
  }
  if (problems.length > 0) throw new RelayError('setting_invalid', problems.join('; '));
  return settings;
}
