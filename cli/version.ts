/** Where this package lies, and its release. */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the package.json beside the sources or above the built files. */
export function packageRoot(): string {
  const places = ['..', '../..'].map((place) => fileURLToPath(new URL(place, import.meta.url)));
  const root = places.find((place) => fs.existsSync(path.join(place, 'package.json')));
  return path.resolve(root ?? places[0]!);
}

export function version(): string {
  const file = path.join(packageRoot(), 'package.json');
  return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')).version : 'unknown';
}
