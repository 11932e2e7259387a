/** Creates the folder of a new plugin, complete with a test that passes. */
import fs from 'node:fs';
import path from 'node:path';
import { PLUGIN_ID_FORM, RESERVED_PLUGIN_IDS } from '../../../core/manifest.ts';
import { PLUGIN_KINDS, type PluginKind } from '../../../core/plugin.ts';
import { didYouMean } from '../../../core/text/suggest.ts';
import { BUILTIN_PLUGINS } from '../../../plugins/index.ts';
import { attempt } from '../../../stores/embedded/file-errors.ts';
import { UsageError } from '../../usage.ts';
import { packageRoot, version } from '../../version.ts';
import { mergeTemplate } from './templates/merge.ts';
import { parserTemplate } from './templates/parser.ts';
import { pricingTemplate } from './templates/pricing.ts';
import { commonFiles, type KindTemplate, type PluginNames } from './templates/template.ts';
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
  /** Paths below the folder, sorted. */
  files: string[];
  /** False if the package that the test imports must be built first. */
  isBuilt: boolean;
}

/** Throws `UsageError` for a bad kind or name, and for a folder that is not empty. */
export function createPlugin(kind: string, id: string, folder: string | null): NewPlugin {
  const names = namesOf(kind, id, folder);
  const target = folder ?? names.package;
  if (fs.existsSync(target) && (!fs.statSync(target).isDirectory() || fs.readdirSync(target).length > 0)) {
    throw new UsageError(`${target} already exists and is not empty; name another folder with --dir`);
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

function namesOf(kind: string, id: string, folder: string | null): PluginNames {
  if (!(PLUGIN_KINDS as readonly string[]).includes(kind)) {
    throw new UsageError(
      `"${kind}" is not a kind of plugin${didYouMean(kind, PLUGIN_KINDS)}; the kinds are ${PLUGIN_KINDS.join(', ')}`,
    );
  }
  if (!PLUGIN_ID_FORM.test(id)) {
    throw new UsageError(`"${id}" cannot be the name of a plugin: it must match ${PLUGIN_ID_FORM.source}`);
  }
  const isTaken = BUILTIN_PLUGINS.some(({ manifest }) => manifest.kind === kind && manifest.id === id);
  if (isTaken) throw new UsageError(`there is a built-in ${kind} plugin "${id}"; use another name`);
  if (RESERVED_PLUGIN_IDS[kind]?.includes(id)) throw new UsageError(`"${id}" is a key of the config; use another name`);
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

/** `cents_up` becomes `centsUp`. A reserved word gets `Plugin` appended. */
function variableOf(id: string): string {
  const name = id.replace(/[_-]+(.)?/g, (_, next: string | undefined) => next?.toUpperCase() ?? '');
  return RESERVED_WORDS.has(name) ? `${name}Plugin` : name;
}

/** JavaScript's reserved words, and the names that the templates use. */
const RESERVED_WORDS = new Set(
  `arguments await break case catch class const continue debugger default delete do else enum eval export extends false
  finally for function if implements import in instanceof interface let new null package private protected public return
  static super switch this throw true try typeof var void while with yield undefined
  amount capped costOf defineVendorParser file fixtures plugins pluginConformance readFileSync test z`.split(/\s+/),
);

/** Does what `npm install` does for a `file:` dependency, so that the test runs at once. */
function linkRelay(target: string): void {
  const modules = path.join(target, 'node_modules');
  attempt(`write ${modules}`, () => {
    fs.mkdirSync(modules);
    fs.symlinkSync(packageRoot(), path.join(modules, 'relay-inventory'), 'junction');
  });
}
