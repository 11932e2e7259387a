/**
 * The settings of every command, from environment variables. Only `cli/` reads these: this file, and `service/` for
 * further settings.
 */
import { type ConfigLimits, DEFAULT_CONFIG_LIMITS } from '../core/config/check.ts';
import { RelayError } from '../core/errors.ts';
import { DEFAULT_LIMITS, type EngineLimits } from '../core/ports/engine.ts';
import type { Env } from './colour.ts';
import { readNumber } from './number-setting.ts';
import { PLUGINS_SETTING } from './plugins/allow-list.ts';

export interface BaseSettings {
  limits: EngineLimits;
  vendorsMax: number;
  extraColumnsMax: number;
  /** Problems of a config that are listed. */
  problemsMax: number;
  /** Bytes of a config file. */
  configBytesMax: number;
  /** The most levels of objects and lists in a config. */
  configDepthMax: number;
  /** How long a run waits for a promise of a plugin's hook that reads nothing. */
  hookSeconds: number;
  /** The operator's list of plugins that are not built in; null for none. */
  pluginsFile: string | null;
  /** Threads of a run with large feeds; 0: the command decides. */
  runThreads: number;
  /** A run starts threads for feeds of at least this many bytes. */
  runThreadsMinBytes: number;
  /** A run merges offers of at least this many bytes in several threads. */
  runMergeThreadsMinBytes: number;
}

/** An environment variable, the field that it sets, and its smallest sensible value. */
type LimitSetting<Field> = readonly [name: string, field: Field, smallest: number];

const LIMITS: ReadonlyArray<LimitSetting<keyof EngineLimits>> = [
  ['LIMIT_VENDOR_FILE_BYTES', 'vendorFileBytesMax', 1],
  ['LIMIT_FEED_FILES', 'feedFilesMax', 1],
  ['LIMIT_ARCHIVE_ENTRIES', 'archiveEntriesMax', 1],
  ['LIMIT_ARCHIVE_RATIO', 'archiveRatioMax', 1],
  ['LIMIT_ARCHIVE_DEPTH', 'archiveDepthMax', 0],
  ['LIMIT_SHEET_COLUMNS', 'sheetColumnsMax', 1],
  ['LIMIT_CELL_CHARS', 'cellCharsMax', 1],
  ['LIMIT_SHEET_EMPTY_CELLS', 'sheetEmptyCellsMax', 0],
  ['LIMIT_SHARED_STRINGS_BYTES', 'sharedStringsBytes', 1],
  ['LIMIT_RECORD_BYTES', 'recordBytesMax', 64],
  ['LIMIT_RECORD_CELLS', 'recordCellsMax', 64],
  ['LIMIT_SKU_BYTES', 'skuBytesMax', 1],
  ['LIMIT_EXTRA_CELL_BYTES', 'extraCellBytesMax', 1],
  ['LIMIT_SIDE_FILE_BYTES', 'sideFileBytesMax', 1],
  ['LIMIT_SIDE_FILE_ROWS', 'sideFileRowsMax', 1],
  ['LIMIT_ERRORS', 'errorsMax', 1],
  ['LIMIT_ERRORS_CHARS', 'errorsCharsMax', 1],
  ['LIMIT_ERROR_VALUE_CHARS', 'errorValueCharsMax', 1],
  ['LIMIT_OFFERS_PER_SKU', 'offersPerSkuMax', 1],
  ['MEMORY_SORT_BYTES', 'sortBytes', 1 << 16],
  ['MEMORY_OFFERS_BYTES', 'offersBytes', 0],
  ['MEMORY_MERGE_BYTES', 'mergeBytes', 1 << 16],
  ['RUN_KERNEL_FROM_BYTES', 'kernelFromBytes', 0],
];

type OtherLimit = keyof ConfigLimits | 'configBytesMax' | 'configDepthMax' | 'hookSeconds' | ThreadSettingName;
type ThreadSettingName = 'runThreads' | 'runThreadsMinBytes' | 'runMergeThreadsMinBytes';

const OTHER_LIMITS: ReadonlyArray<LimitSetting<OtherLimit>> = [
  ['LIMIT_VENDORS', 'vendorsMax', 1],
  ['LIMIT_EXTRA_COLUMNS', 'extraColumnsMax', 0],
  ['LIMIT_CONFIG_PROBLEMS', 'problemsMax', 1],
  ['LIMIT_CONFIG_BYTES', 'configBytesMax', 1],
  ['LIMIT_CONFIG_DEPTH', 'configDepthMax', 8],
  ['LIMIT_HOOK_SECONDS', 'hookSeconds', 1],
  ['RUN_THREADS', 'runThreads', 0],
  ['RUN_THREADS_MIN_BYTES', 'runThreadsMinBytes', 0],
  ['RUN_MERGE_THREADS_MIN_BYTES', 'runMergeThreadsMinBytes', 0],
];

export const BASE_SETTING_NAMES: readonly string[] = [...LIMITS, ...OTHER_LIMITS].map(([name]) => name);

/** Throws `setting_invalid` with every bad setting at once. */
export function readBaseSettings(env: Env): BaseSettings {
  const settings: BaseSettings = {
    limits: { ...DEFAULT_LIMITS },
    ...DEFAULT_CONFIG_LIMITS,
    configBytesMax: 256 * 1024,
    configDepthMax: 64,
    hookSeconds: 120,
    runThreads: 0,
    runThreadsMinBytes: 25_000_000,
    runMergeThreadsMinBytes: 200_000_000,
    pluginsFile: env[PLUGINS_SETTING] || null,
  };
  const problems: string[] = [];
  const number = ([name, , smallest]: LimitSetting<string>, fallback: number) =>
    readNumber(env, { name, fallback, smallest }, problems);
  for (const limit of OTHER_LIMITS) settings[limit[1]] = number(limit, settings[limit[1]]);
  for (const limit of LIMITS) settings.limits[limit[1]] = number(limit, settings.limits[limit[1]]);
  if (problems.length > 0) throw new RelayError('setting_invalid', problems.join('; '));
  return settings;
}
