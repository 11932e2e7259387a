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
  /** What the type check needs: packages and versions. */
  tools: Readonly<Record<string, string>>;
}

/** Files by path below the plugin's folder. */
export type FileTexts = Record<string, string>;

export interface KindTemplate {
  /** The plugin itself, `ID.js`. */
  module(names: PluginNames): string;
  /** The files in `fixtures/ID/`; `tenant.yaml` goes to `ID.tenant.yaml`. */
  files(names: PluginNames): FileTexts;
  /** The source text of the fixtures in `ID.test.js`. */
  fixtures(names: PluginNames): string;
  /** Files of fixtures by vendor id, for `relay run --vendor`. */
  feeds(names: PluginNames): Readonly<Record<string, string>>;
  /** For the README: what the author changes first. */
  next: string;
}

/** The files that belong to one plugin of a package. */
export function pluginFiles(names: PluginNames, template: KindTemplate): FileTexts {
  const { id } = names;
  const own = Object.entries(template.files(names)).map(([name, text]) => {
    return [name === 'tenant.yaml' ? `${id}.tenant.yaml` : `fixtures/${id}/${name}`, text];
  });
  return {
    [`${id}.js`]: template.module(names),
    [`${id}.test.js`]: testModule(names, template),
    ...Object.fromEntries(own),
  };
}

/** The files that the plugins of a package share. */
export function packageFiles(names: PluginNames, template: KindTemplate): FileTexts {
  return {
    'package.json': packageJson(names),
    'index.js': indexModule(names),
    'tsconfig.json': TSCONFIG,
    'relay-plugins.json': allowList(names),
    'README.md': `${readme(names)}\n${readmePart(names, template)}`,
  };
}

/** The rest of a tenant's config, below its vendors. */
export function tenantYaml(
  vendors: string,
  changes: { pricing?: string; merge?: string; output?: string; more?: string } = {},
): string {
  return `tenant_id: northwind
timezone: UTC
default_currency: USD
${vendors}pricing:
  base_margin_pct: "0.20"
  min_price: "1.00"
  shipping_handling_flat: "5.00"
  map_policy: {}
  rounding: {}
${changes.pricing ?? ''}${changes.merge ?? 'merge: { strategy: best_offer }\n'}output:
  columns: [sku, vendor_id, quantity_available, cost, price, title]
${changes.output ?? ''}error_policy: { max_invalid_rows: 10, max_invalid_row_pct: 1 }
${changes.more ?? ''}`;
}

/** Vendors that send CSV with canonical headers. */
export function csvVendors(...ids: string[]): string {
  const lines = ids.map((id) => `  - { vendor_id: ${id}, inbound: { type: local }, parser: { format: csv } }\n`);
  return `vendors:\n${lines.join('')}`;
}

function packageJson({ package: name, relayVersion, relayPath, tools }: PluginNames): string {
  const content = {
    name,
    version: '0.1.0',
    description: 'Plugins for Relay Inventory.',
    type: 'module',
    exports: './index.js',
    // what `npm pack` includes besides package.json and README.md
    files: [...PACKED],
    scripts: { test: 'node --test', types: 'node node_modules/typescript/bin/tsc' },
    peerDependencies: { 'relay-inventory': relayVersion },
    devDependencies: { 'relay-inventory': `file:${relayPath}`, ...tools },
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

function allowList({ package: name, id }: PluginNames): string {
  const entry = { package: name, version: '0.1.0', ids: [id], path: '.' };
  return `${JSON.stringify({ plugins: [entry] }, null, 2)}\n`;
}

/** The modules of a package, without their tests. */
export const PACKED: readonly string[] = ['*.js', '!*.test.js'];

/** How editors, and `npm run types`, check the JavaScript. */
export const TSCONFIG = `${JSON.stringify(
  {
    compilerOptions: {
      allowJs: true,
      checkJs: true,
      noEmit: true,
      strict: true,
      module: 'nodenext',
      target: 'es2023',
      skipLibCheck: true,
      types: ['node'],
    },
    include: ['*.js', '*.ts'],
  },
  null,
  2,
)}\n`;

function indexModule({ id, variable }: PluginNames): string {
  return `// @ts-check
/** The plugins of this package. */
import { ${variable} } from './${id}.js';

export const plugins = [${variable}];
`;
}

function testModule(names: PluginNames, template: KindTemplate): string {
  const { id, variable } = names;
  return `// @ts-check
/** \`npm test\` runs the suite that every plugin must pass on these fixtures. */
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { pluginConformance } from 'relay-inventory/conformance';
import { ${variable} } from './${id}.js';

/** @param {string} name */
const file = (name) => readFileSync(new URL(\`./fixtures/${id}/\${name}\`, import.meta.url));

const fixtures = ${template.fixtures(names)};

pluginConformance(${variable}, fixtures, { test });
`;
}

function readme({ package: name }: PluginNames): string {
  return `# ${name}

Plugins for Relay Inventory.

| file | what is in it |
|---|---|
| \`index.js\` | the list of the plugins |
| \`ID.js\` | a plugin: manifest with options schema and example, and its code |
| \`ID.test.js\` | fixtures with what must come of them, and the suite that every plugin must pass |
| \`fixtures/ID/\` | feeds |
| \`ID.tenant.yaml\` | a tenant that uses the plugin |
| \`relay-plugins.json\` | the list that lets the plugins in; an operator has one of their own |
| \`tsconfig.json\` | how editors check the types |

Test all of them, and check their types:

\`\`\`sh
npm test
npm run types
\`\`\`

If \`npm run types\` lacks a module, run \`npm install\` first: TypeScript is not linked outside a clone of Relay.

\`relay plugin new KIND NAME\` in this folder adds another plugin.
`;
}

const KIND_NAMES: Record<PluginKind, string> = {
  parser: 'parser',
  validator: 'validator',
  pricing: 'pricing rule',
  merge: 'merge strategy',
  output: 'output format',
};

/** The part of the README that is about one plugin. */
export function readmePart(names: PluginNames, { feeds, next }: KindTemplate): string {
  const { id, kind } = names;
  const vendors = Object.entries(feeds(names)).map(([vendor, file]) => `--vendor ${vendor}=fixtures/${id}/${file}`);
  return `## The ${KIND_NAMES[kind]} \`${id}\`

\`\`\`sh
RELAY_PLUGINS_FILE=relay-plugins.json relay run --config ${id}.tenant.yaml ${vendors.join(' ')} --out out
\`\`\`

Next: ${next}
`;
}
