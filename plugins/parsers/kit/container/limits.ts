/** Limits for unpacking a file, and the options that pick the table in it. */
import { z } from 'zod';
import type { EngineLimits } from '../../../../core/ports/engine.ts';

export type ContainerLimits = Pick<
  EngineLimits,
  | 'vendorFileBytesMax'
  | 'archiveEntriesMax'
  | 'archiveRatioMax'
  | 'archiveDepthMax'
  | 'sharedStringsBytes'
  | 'sheetColumnsMax'
  | 'sheetEmptyCellsMax'
  | 'cellCharsMax'
>;

/** Options of every parser that reads through `openTable`. */
export const containerOptions = {
  member: z
    .string()
    .min(1)
    .max(512)
    .nullable()
    .default(null)
    .describe(
      'The table’s file in a ZIP archive: its path or its name; `*` matches any characters and `?` one. Null is the only file, or the only one with the name of a table.',
    ),
  sheet: z
    .string()
    .min(1)
    .max(64)
    .nullable()
    .default(null)
    .describe('The sheet of a workbook. Null is the first sheet that is not hidden.'),
};

export interface ContainerOptions {
  member: string | null;
  sheet: string | null;
}
