/** The random tenants that `differential.test.ts` leaves to the long tests. */
import { test } from 'uvu';
import { compareSeeds, SEEDS } from './differential.ts';

test('more random tenants give the same bytes, rows and codes', () => compareSeeds(SEEDS.short, SEEDS.all));

test.run();
