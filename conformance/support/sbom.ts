/**
 * `npm run sbom`: writes a list of every package that may be installed with Relay on any machine (CycloneDX, made by npm) to
 * `.relay/sbom.cdx.json`. Fails for a licence that is not on the list below.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const REPOSITORY = path.resolve(import.meta.dirname, '../..');
const FILE = path.join(REPOSITORY, '.relay/sbom.cdx.json');

/** Licences that let anybody use and pass on the package. */
const ALLOWED = new Set(['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', '(MIT AND Zlib)']);
/** Packages with another licence, with the reason why they may be used. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  // used unchanged, in a separate file that can be replaced
  jschardet: 'LGPL-2.1',
};

interface Component {
  name: string;
  version: string;
  licenses?: Array<{ license?: { id?: string; name?: string }; expression?: string }>;
}

function licenceOf({ licenses = [] }: Component): string {
  return licenses.map((one) => one.license?.id ?? one.expression ?? one.license?.name ?? '?').join(' and ') || 'none';
}

// from the lock file, so that it is the same on every machine
const text = execFileSync('npm', ['sbom', '--package-lock-only', '--omit', 'dev', '--sbom-format', 'cyclonedx'], {
  cwd: REPOSITORY,
  encoding: 'utf8',
  maxBuffer: 1 << 26,
});
const { components } = JSON.parse(text) as { components: Component[] };
fs.mkdirSync(path.dirname(FILE), { recursive: true });
fs.writeFileSync(FILE, text);
const refused = components.filter((one) => !ALLOWED.has(licenceOf(one)) && EXCEPTIONS[one.name] !== licenceOf(one));
for (const one of refused)
  console.error(`${one.name} ${one.version} has the licence ${licenceOf(one)}, which is not on the list`);
console.log(
  `${components.length} packages, ${refused.length} with a licence that is not on the list; ${path.relative(REPOSITORY, FILE)}`,
);
process.exitCode = components.length === 0 || refused.length > 0 ? 1 : 0;
