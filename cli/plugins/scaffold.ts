/** Makes the folder of a new plugin: whole, with a test that passes. */
import fs from 'node:fs';
import path from 'node:path';
import { PLUGIN_ID_FORM, RESERVED_PLUGIN_IDS } from '../../core/manifest.ts';
import { PLUGIN_KINDS, type PluginKind } from '../../core/plugin.ts';
import { didYouMean } from '../../core/text/suggest.ts';
import { BUILTIN_PLUGINS } from '../../plugins/index.ts';
import { attempt } from '../../stores/embedded/file-errors.ts';
import { UsageError } from '../usage.ts';
import { packageRoot, version } from '../version.ts';
import { mergeTemplate } from './templates/merge.ts';
import { parserTemplate } from './templates/parser.ts';
import { pricingTemplate } from './templates/pricing.ts';
import { commonFiles, type KindTemplate, type Names } from './templates/template.ts';
import { validatorTemplate } from './templates/validator.ts';

const TEMPLATES: Record<PluginKind, KindTemplate> = {
  parser: parserTemplate,
  validator: validatorTemplate,
  pricing: pricingTemplate,
  merge: mergeTemplate,
};

export interface NewPlugin {
  kind: PluginKind;
  id: string;
  package: string;
  folder: string;
  /** Below the folder, sorted. */
  files: string[];
  /** Whether the package that the test imports has been built. */
  isBuilt: boolean;
}

/** Throws `UsageError` for a kind or name that will not do, and for a folder that is not empty. */
export function createPlugin(kind: string, id: string, folder: string | null): NewPlugin {
  const names = namesOf(kind, id, folder);
  const target = folder ?? names.package;
  if (fs.existsSync(target) && (!fs.statSync(target).isDirectory() || fs.readdirSync(target).length > 0)) {
    throw new UsageError(`${target} is there already and not empty; name another folder with --dir`);
  }
  const template = TEMPLATES[names.kind];
  const files = { ...commonFiles(names, template), ...template.files(names) };
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(target, name);
    attempt(`write ${file}`, () => {
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, text, { flag: 'wx' });
    });
  }
  linkRelay(target);
  const isBuilt = fs.existsSync(path.join(packageRoot(), 'dist', 'conformance', 'index.js'));
  return { kind: names.kind, id, package: names.package, folder: target, files: Object.keys(files).sort(), isBuilt };
}

function namesOf(kind: string, id: string, folder: string | null): Names {
  if (!(PLUGIN_KINDS as readonly string[]).includes(kind)) {
    throw new UsageError(`"${kind}" is no kind${didYouMean(kind, PLUGIN_KINDS)}; there are ${PLUGIN_KINDS.join(', ')}`);
  }
  if (!PLUGIN_ID_FORM.test(id)) {
    throw new UsageError(`"${id}" is no name for a plugin: it must match ${PLUGIN_ID_FORM.source}`);
  }
  const isTaken = BUILTIN_PLUGINS.some(({ manifest }) => manifest.kind === kind && manifest.id === id);
  if (isTaken) throw new UsageError(`there is a built-in ${kind} plugin "${id}"; use another name`);
  if (RESERVED_PLUGIN_IDS[kind]?.includes(id))
    throw new UsageError(`"${id}" is taken by the config itself; use another name`);
  const name = `relay-plugin-${id}`;
  return {
    kind: kind as PluginKind,
    id,
    variable: variableOf(id),
    package: name,
    relayVersion: version(),
    relayPath: path
      .relative(path.resolve(folder ?? name), packageRoot())
      .split(path.sep)
      .join('/'),
  };
}

/** `cents_up` becomes `centsUp`; a word of the language gets its kind behind it. */
function variableOf(id: string): string {
  const name = id.replace(/[_-]+(.)?/g, (_, next: string | undefined) => next?.toUpperCase() ?? '');
  return RESERVED_WORDS.has(name) ? `${name}Plugin` : name;
}

/** Names that a module cannot give to a constant, and those that the templates use. */
const RESERVED_WORDS = new Set(
  `arguments await break case catch class const continue debugger default delete do else enum eval export extends false
  finally for function if implements import in instanceof interface let new null package private protected public return
  static super switch this throw true try typeof var void while with yield undefined
  amount capped costOf defineVendorParser file fixtures plugins pluginConformance readFileSync test z`.split(/\s+/),
);

/** So that the test runs at once, from anywhere: what `npm install` would do for a `file:` dependency. */
function linkRelay(target: string): void {
  const modules = path.join(target, 'node_modules');
  attempt(`write ${modules}`, () => {
    fs.mkdirSync(modules);
    fs.symlinkSync(packageRoot(), path.join(modules, 'relay-inventory'), 'junction');
  });
}
