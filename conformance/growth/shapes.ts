/**
 * All hostile shapes: for each of them, a reader, config path or endpoint must need time and memory that grow only with
 * the size.
 */
import { ANSWERS } from './answers.ts';
import { CONFIGS } from './configs.ts';
import { CORNERS } from './corners.ts';
import { FEEDS } from './feeds.ts';
import { FILES } from './files.ts';
import { HOSTILE } from './hostile.ts';
import { PAST_RUNS } from './past-runs.ts';
import { REQUESTS } from './requests.ts';
import type { Shape } from './shape.ts';
import { TABLES } from './tables.ts';

export const SHAPES: readonly Shape[] = [
  ...FEEDS,
  ...FILES,
  ...CONFIGS,
  ...TABLES,
  ...REQUESTS,
  ...PAST_RUNS,
  ...ANSWERS,
  ...HOSTILE,
  ...CORNERS,
];
