/** What a start of any command would pay for: the options of all plugins, of which a config names a few. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { z } from 'zod';
import { BUILTIN_PLUGINS } from './index.ts';

/** Nearly every config names these. */
const ALWAYS = ['csv', 'best_offer'];

test('the options schema of a plugin is made on first use', () => {
  const early = BUILTIN_PLUGINS.filter(({ manifest }) => {
    if (Object.getOwnPropertyDescriptor(manifest, 'options')?.get !== undefined) return false;
    const { shape } = manifest.options as z.ZodObject;
    return Object.keys(shape).length > 0 && !ALWAYS.includes(manifest.id);
  });
  assert.equal(
    early.map(({ manifest }) => `${manifest.kind}/${manifest.id}`),
    [],
  );
  for (const { manifest } of BUILTIN_PLUGINS) assert.is(manifest.options, manifest.options, manifest.id);
});

test.run();
