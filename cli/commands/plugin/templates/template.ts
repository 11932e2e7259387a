/** The files of a new plugin: those that differ by kind, and those that do not. */
import type { PluginKind } from '../../../../core/plugin.ts';

/** The names that the files of a new plugin use. */
export interface PluginNames {
  kind: PluginKind;
  /** Its name in configs. */
  id: string;
  /** Its name in JavaScript. */
  variable: string;
  package: string;
  /** The release of Relay that creates it. */
  relayVersion: string;
  /** The path to that release, for `npm install`. */
  relayPath: string;
}

/** Files by path below the plugin's folder. */
export type FileTexts = Record<string, string>;

export interface KindTemplate {
  /** `index.js`, the fixtures, and `tenant.yaml`. */
  files(names: PluginNames): FileTexts;
  /** The source text of the fixtures in `index.test.js`. */
  fixtures(names: PluginNames): string;
  /** Files in `fixtures/` by vendor id, for `relay run --vendor`. */
  feeds(names: PluginNames): Readonly<Record<string, string>>;
  /** For the README: what the author changes first. */
  next: string;
}

export function commonFiles(names: PluginNames, template: KindTemplate): FileTexts {
  return {
    'package.json': packageJson(names),
    'index.test.js': testModule(names, template),
    'relay-plugins.json': allowList(names),
    'README.md': readme(names, template),
  };
}

/** The rest of a tenant's config, below its vendors. */
export function tenantYaml(vendors: string, changes: { pricing?: string; merge?: string; more?: string } = {}): string {
  return `tenant_id: northwind
timezone: UTC
default_currency: USD
${vendors}pricing:
  base_margin_pct: "0.20"
  min_price: "1.00"
  shipping_handling_flat: "5.00"
  map_policy: {}
  rounding: {}
${changes.pricing ?? ''}${changes.merge ?? 'merge: { strategy: best_offer }\n'}output: { columns: [sku, vendor_id, quantity_available, cost, price, title] }
error_policy: { max_invalid_rows: 10, max_invalid_row_pct: 1 }
${changes.more ?? ''}`;
}

/** Vendors that send CSV with canonical headers. */
export function csvVendors(...ids: string[]): string {
  const lines = ids.map((id) => `  - { vendor_id: ${id}, inbound: { type: local }, parser: { format: csv } }\n`);
  return `vendors:\n${lines.join('')}`;
}

function packageJson({ package: name, id, kind, relayVersion, relayPath }: PluginNames): string {
  const content = {
    name,
    version: '0.1.0',
    description: `The ${kind} plugin ${id} for Relay Inventory.`,
    type: 'module',
    exports: './index.js',
    // what `npm pack` includes besides package.json and README.md
    files: ['index.js'],
    scripts: { test: 'node --test' },
    peerDependencies: { 'relay-inventory': relayVersion },
    devDependencies: { 'relay-inventory': `file:${relayPath}` },
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

function allowList({ package: name, id }: PluginNames): string {
  const entry = { package: name, version: '0.1.0', ids: [id], path: '.' };
  return `${JSON.stringify({ plugins: [entry] }, null, 2)}\n`;
}

function testModule(names: PluginNames, template: KindTemplate): string {
  return `/** \`npm test\` runs the suite that every plugin must pass on these fixtures. */
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { pluginConformance } from 'relay-inventory/conformance';
import { ${names.variable} } from './index.js';

/** @param {string} name */
const file = (name) => readFileSync(new URL(\`./fixtures/\${name}\`, import.meta.url));

const fixtures = ${template.fixtures(names)};

pluginConformance(${names.variable}, fixtures, { test });
`;
}

function readme(names: PluginNames, { feeds, next }: KindTemplate): string {
  const { id, kind, package: name } = names;
  const vendors = Object.entries(feeds(names)).map(([vendor, file]) => `--vendor ${vendor}=fixtures/${file}`);
  return `# ${name}

The ${kind} plugin \`${id}\` for Relay Inventory.

| file | what is in it |
|---|---|
| \`index.js\` | the plugin: manifest with options schema and example, and its code |
| \`index.test.js\` | fixtures with what must come of them, and the suite that every plugin must pass |
| \`fixtures/\` | feeds |
| \`tenant.yaml\` | a tenant that uses the plugin |
| \`relay-plugins.json\` | the list that lets it in; an operator has one of their own |

Test it:

\`\`\`sh
npm test
\`\`\`

Run it:

\`\`\`sh
RELAY_PLUGINS_FILE=relay-plugins.json relay run --config tenant.yaml ${vendors.join(' ')} --out out
\`\`\`

Next: ${next}
`;
}
