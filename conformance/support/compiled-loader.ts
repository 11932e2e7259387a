/**
 * Loads sources from what `compiledTests` made, under their own addresses. A process that runs hundreds of test files needs a
 * quarter less CPU than under tsx, which names every function again when it is made.
 *
 * Preloaded (`--import`) in its compiled form, also by processes that inherit a test process's options.
 */
import fs from 'node:fs';
import { register } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Places } from './compiled-hooks.ts';

const made = fileURLToPath(new URL('../../', import.meta.url));
// the compiled folder has a link to it
const root = path.dirname(fs.realpathSync(path.join(made, 'package.json')));
const places: Places = { root: pathToFileURL(path.join(root, '/')).href, made };
process.setSourceMapsEnabled(true);
register(new URL('compiled-hooks.js', import.meta.url), { data: places });
