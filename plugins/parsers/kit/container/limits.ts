/** How far a file may unfold when it is unpacked, and what of it a tenant's config may name. */
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
  | 'cellCharsMax'
>;

/** Options that every parser has which reads through `openTable`. */
export const containerOptions = {
  /** The file in a ZIP archive that is the table: its name, with `*` for any characters. */
  member: z.string().min(1).max(512).nullable().default(null),
  /** The sheet of a workbook that is the table. */
  sheet: z.string().min(1).max(64).nullable().default(null),
};

export interface ContainerOptions {
  member: string | null;
  sheet: string | null;
}
