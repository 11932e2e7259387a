/** The generator: a seed always gives the same case. `generate.long-test.ts` tests what many seeds cover. */

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runOracle } from '../oracle.ts';
import { generateCase } from './generate.ts';

test('the same seed gives the same case and the same outcome', () => {
  for (let seed = 0; seed < 8; seed++) {
    assert.equal(generateCase(seed), generateCase(seed));
    assert.equal(runOracle(generateCase(seed)), runOracle(generateCase(seed)));
  }
  assert.is.not(JSON.stringify(generateCase(1)), JSON.stringify(generateCase(2)));
});

test.run();
