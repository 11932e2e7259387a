/** The package's folder and release. */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder with package.json: one above the sources, two above the built files. */
export function packageRoot(): string {
  const above = fileURLToPath(new URL('..', import.meta.url));
  const places = [above, fileURLToPath(new URL('../..', import.meta.url))];
  return path.resolve(places.find((place) => fs.existsSync(path.join(place, 'package.json'))) ?? above);
}

export function version(): string {
  const file = path.join(packageRoot(), 'package.json');
  return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')).version : 'unknown';
}
