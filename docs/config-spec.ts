/** Makes the text of `CONFIG_SPEC.md` from the config schema, the built-in plugins' manifests and the examples. */
import fs from 'node:fs';
import { DEFAULT_CONFIG_LIMITS } from '../core/config/check.ts';
import { tenantSchema } from '../core/config/schema.ts';
import type { Manifest } from '../core/plugin.ts';
import { Registry } from '../core/registry.ts';
import { BUILTIN_PLUGINS } from '../plugins/index.ts';
import { ENCODING_NAMES } from '../plugins/parsers/kit/encoding/names.ts';
import { type Field, fieldOf, fieldsOf } from './schema-fields.ts';

export const EXAMPLES = ['examples/minimal.yaml', 'examples/full.json'] as const;

export function configFields(): Field[] {
  return fieldsOf(tenantSchema(DEFAULT_CONFIG_LIMITS));
}

export function builtinManifests(): Manifest[] {
  return new Registry(BUILTIN_PLUGINS).list();
}

/** A plugin's options, by paths such as `parser/csv.header`, and the options as a whole if a limit applies to them. */
export function optionFields(manifest: Manifest): Field[] {
  const base = `${manifest.kind}/${manifest.id}`;
  const whole = fieldOf(base, manifest.options);
  const fields = [...(whole.hasCustomLimit ? [whole] : []), ...fieldsOf(manifest.options, base)];
  return isVendorParser(manifest) ? fields.filter((field) => !SHARED.test(field.path)) : fields;
}

/** Options that every vendor parser takes. They are described once, under `csv`. */
const SHARED = /^parser\/[^.]+\.(columns|rows|side_files|files|member|sheet)(\.|\[|$)/;

function isVendorParser({ kind, id }: Manifest): boolean {
  return kind === 'parser' && id !== 'csv';
}

export function configSpec(): string {
  const [minimal, full] = EXAMPLES;
  const parts = [
    HEAD,
    '## Fields\n',
    table(configFields(), (path) => path),
    `\nEncodings: ${ENCODING_NAMES.map((name) => `\`${name}\``).join(', ')}.\n`,
    '## Plugins\n',
    PLUGINS,
    ...builtinManifests().map(pluginSection),
    '## Minimal example\n',
    `The file is [${minimal}](${minimal}).\n`,
    fenced('yaml', readExample(minimal)),
    '## Full example\n',
    `The file is [${full}](${full}). It sets every field.\n`,
    fenced('json', readExample(full)),
  ];
  return `${parts.join('\n').trimEnd()}\n`;
}

const HEAD = `<!-- Made by \`npm run docs\` from the schema and the plugins' manifests. Edit the descriptions in core/config/schema.ts, those of a plugin's options, or docs/examples/ instead. -->

# Tenant config

A tenant config says which vendors' feeds to read, how to read them, and how to price and merge them. It is a JSON object; the
command line also reads YAML 1.2, without aliases. A file named \`.json\` is read as JSON, one named \`.yaml\` or \`.yml\` as YAML,
any other as JSON or, if that fails, as YAML. It is UTF-8 and has at most 262,144 bytes (\`LIMIT_CONFIG_BYTES\`)
and 64 levels (\`LIMIT_CONFIG_DEPTH\`).

- An unknown key is a problem, with its path and the nearest known key.
- \`relay check CONFIG\` lists the problems. It looks for problems across fields (dialects, references) once each field on its
  own is valid.
- A *decimal* is a number or a text such as \`"0.20"\`. Both are exact. A number of more than 15 digits must be a text.
- Paths: \`vendors[].vendor_id\` is the field \`vendor_id\` of each entry of \`vendors\`.

[ERRORS.md](ERRORS.md#config-problems) has the codes of problems.
`;

const PLUGINS = `A config names plugins by id. These are built in. Their options go where the config names the plugin: into \`parser.options\`,
\`with\`, or \`merge.<id>\`.

- \`parser.delimiter\` of \`csv\` has 1 to 4 characters, without \`"\` and line ends.
- The default pricing chain is \`margin\`, \`min_price\`, \`round\`. After every chain, \`min_price\` and \`map_floor\` are applied.
- Rules work in their order. \`cost_bands\` takes the place of \`margin\`; then come \`msrp_cap\`, \`min_margin\`, and at the end \`round\` or
  \`ending\`. A rule has the last word over those before it: \`ending\` with \`up\` may lift a price above an \`msrp_cap\`, with \`down\` it does not
  unless a floor demands it. \`ending\` alone knows the floors of the whole chain, so that none of them breaks its ending.
`;

function table(fields: readonly Field[], name: (path: string) => string): string {
  const lines = fields.map((field) => {
    const cells = [
      code(name(field.path)),
      field.type,
      field.required ? 'required' : field.defaultText === null ? '' : code(field.defaultText),
      [...field.allowed.map(code), ...field.limits].join(', '),
      field.description ?? '',
    ];
    return `| ${cells.map(cell).join(' | ')} |`;
  });
  return ['| field | type | default | allowed | meaning |', '|---|---|---|---|---|', ...lines].join('\n');
}

function pluginSection(manifest: Manifest): string {
  const { kind, id, version, contract, summary, example, codes, reads } = manifest;
  const base = `${kind}/${id}`;
  const fields = optionFields(manifest);
  const lines = [`### ${kind} \`${id}\`\n`, `Version ${version}, contract ${contract}. ${capital(summary)}.\n`];
  if (fields.length === 0) lines.push('It has no options.\n');
  else {
    lines.push(
      table(fields, (path) => (path === base ? '(options)' : path.slice(base.length + 1))),
      '',
    );
    lines.push('Example:\n', fenced('json', `${JSON.stringify(example, null, 2)}\n`));
  }
  if (isVendorParser(manifest)) {
    lines.push(
      `It takes \`columns\`, \`rows\`, \`side_files\`, \`files\`, \`member\` and \`sheet\` as \`csv\` does, on top of its own table; [its page](../plugins/parsers/${id}/README.md) has the table. \`column_map\` names other columns.\n`,
    );
  }
  if (codes !== undefined) {
    lines.push(
      `Codes: ${Object.entries(codes)
        .map(([name, text]) => `\`${name}\` (${text})`)
        .join(', ')}.\n`,
    );
  }
  if (reads !== undefined)
    lines.push(`Reads of an offer, beyond what every offer has: ${reads.map(code).join(', ')}.\n`);
  return lines.join('\n');
}

function readExample(file: string): string {
  return fs.readFileSync(new URL(file, import.meta.url), 'utf8').replaceAll('\r\n', '\n');
}

function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\`\`\`\n`;
}

function code(text: string): string {
  return `\`${text}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
