/** Creates a package with a new plugin and a passing test, or adds a plugin to a package. */
import fs from 'node:fs';
import path from 'node:path';
import { PLUGIN_ID_FORM, RESERVED_PLUGIN_IDS } from '../../../core/manifest.ts';
import { PLUGIN_KINDS, type PluginKind } from '../../../core/plugin.ts';
import { didYouMean } from '../../../core/text/suggest.ts';
import { BUILTIN_PLUGINS } from '../../../plugins/index.ts';
import { attempt } from '../../../stores/embedded/file-errors.ts';
import { UsageError } from '../../usage.ts';
import { packageRoot, version } from '../../version.ts';
import { addToPackage, isPluginPackage } from './grow.ts';
import { mergeTemplate } from './templates/merge.ts';
import { openParserTemplate } from './templates/open-parser.ts';
import { outputTemplate } from './templates/output.ts';
import { parserTemplate } from './templates/parser.ts';
import { pricingTemplate } from './templates/pricing.ts';
import { type KindTemplate, type PluginNames, packageFiles, pluginFiles } from './templates/template.ts';
import { validatorTemplate } from './templates/validator.ts';

const TEMPLATES: Record<PluginKind, KindTemplate> = {
  parser: parserTemplate,
  validator: validatorTemplate,
  pricing: pricingTemplate,
  merge: mergeTemplate,
  output: outputTemplate,
};

export interface NewPlugin {
  kind: PluginKind;
  id: string;
  package: string;
  folder: string;
  /** Paths below the folder, sorted. */
  files: string[];
  /** Files of an existing package that now name the plugin. */
  changed: string[];
  /** False if the package that the test imports must be built first. */
  isBuilt: boolean;
  /** False if the packages of the type check must be installed first. */
  hasTools: boolean;
}

export interface NewPluginOptions {
  kind: string;
  id: string;
  /** Null: the working folder if it is a package, else a new folder. */
  folder: string | null;
  /** A parser with code of its own. */
  isOpen: boolean;
}

/** Throws `UsageError` for a bad kind or name, and for a folder that is neither empty nor a package of plugins. */
export function createPlugin({ kind, id, folder, isOpen }: NewPluginOptions): NewPlugin {
  const names = namesOf(kind, id, folder ?? (isPluginPackage('.') ? '.' : null));
  const target = names.folder;
  if (isOpen && kind !== 'parser') throw new UsageError(`--open makes a parser, not a ${kind}`);
  const isThere = fs.existsSync(target) && (!fs.statSync(target).isDirectory() || fs.readdirSync(target).length > 0);
  const isPackage = isThere && isPluginPackage(target);
  if (isThere && !isPackage) {
    throw new UsageError(`${target} already exists and is not empty; name another folder with --dir`);
  }
  const template = isOpen ? openParserTemplate : TEMPLATES[names.kind];
  const own = pluginFiles(names, template);
  const added = isPackage ? addToPackage(target, names, template, Object.keys(own)) : null;
  const files = { ...(added === null ? packageFiles(names, template) : {}), ...own };
  for (const [name, text] of Object.entries(files)) writeNew(path.join(target, name), text);
  for (const [name, text] of Object.entries(added?.texts ?? {})) {
    const file = path.join(target, name);
    attempt(`write ${file}`, () => fs.writeFileSync(file, text));
  }
  if (!isPackage) linkTools(target);
  const isBuilt = fs.existsSync(path.join(packageRoot(), 'dist', 'conformance', 'index.js'));
  const changed = Object.keys(added?.texts ?? {}).sort();
  const name = added?.package ?? names.package;
  const hasTools = TOOLS.every((tool) => fs.existsSync(path.join(target, 'node_modules', tool)));
  const all = Object.keys(files).sort();
  return { kind: names.kind, id, package: name, folder: target, files: all, changed, isBuilt, hasTools };
}

function writeNew(file: string, text: string): void {
  attempt(`write ${file}`, () => {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text, { flag: 'wx' });
  });
}

function namesOf(kind: string, id: string, folder: string | null): PluginNames & { folder: string } {
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
  if (id === 'index') throw new UsageError('"index" is the module that lists the plugins; use another name');
  const name = `relay-plugin-${id}`;
  return {
    kind: kind as PluginKind,
    id,
    variable: variableOf(id),
    package: name,
    folder: folder ?? name,
    tools: toolsOfRelay(),
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
  amount capped cell costOf definePlugin defineVendorParser file fixtures plugins pluginConformance readFileSync test z`.split(
    /\s+/,
  ),
);

const TOOLS = ['typescript', '@types/node'] as const;

/** The releases that Relay itself is checked with. */
function toolsOfRelay(): Record<string, string> {
  const { devDependencies } = JSON.parse(fs.readFileSync(path.join(packageRoot(), 'package.json'), 'utf8'));
  return Object.fromEntries(TOOLS.map((name) => [name, devDependencies[name]]));
}

/**
 * Links packages, as `npm install` does for a `file:` dependency, so that the test runs at once; from a clone, the type
 * check runs too.
 */
function linkTools(target: string): void {
  const modules = path.join(target, 'node_modules');
  const links = TOOLS.map((name) => [name, path.join(packageRoot(), 'node_modules', name)] as const);
  for (const [name, from] of [['relay-inventory', packageRoot()] as const, ...links]) {
    if (!fs.existsSync(from)) continue;
    const link = path.join(modules, name);
    attempt(`write ${link}`, () => {
      fs.mkdirSync(path.dirname(link), { recursive: true });
      fs.symlinkSync(fs.realpathSync(from), link, 'junction');
    });
  }
}
