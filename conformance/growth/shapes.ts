/** All hostile shapes: what each reader, config path and endpoint must work on in time and memory that grow with the size alone. */
import { CONFIGS } from './configs.ts';
import { FEEDS } from './feeds.ts';
import { FILES } from './files.ts';
import { REQUESTS } from './requests.ts';
import type { Shape } from './shape.ts';
import { TABLES } from './tables.ts';

export const SHAPES: readonly Shape[] = [...FEEDS, ...FILES, ...CONFIGS, ...TABLES, ...REQUESTS];
