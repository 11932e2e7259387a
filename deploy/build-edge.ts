/** `npm run build:edge`: writes the module for an edge runtime. */
import fs from 'node:fs';
import path from 'node:path';
import { bundleEdge } from './bundle.ts';

const folder = path.join(import.meta.dirname, '../dist/edge');
fs.mkdirSync(folder, { recursive: true });
fs.writeFileSync(path.join(folder, 'relay.mjs'), await bundleEdge());
