/** `relay check`: checks a tenant config, the files that it names and the headers of feeds, and reports every problem at once. */
import path from 'node:path';
import { checkConfig } from '../../../core/config/check.ts';
import { ConfigInvalid } from '../../../core/config/invalid.ts';
import type { TenantConfig } from '../../../core/config/schema.ts';
import { configWarnings } from '../../../core/config/warnings.ts';
import { RelayError } from '../../../core/errors.ts';
import { noticesOf } from '../../../core/notices/notices.ts';
import { bindPlugins } from '../../../core/pipeline/bind.ts';
import { HookWaits } from '../../../core/pipeline/hook-waits.ts';
import type { PluginKind } from '../../../core/plugin.ts';
import type { Registry } from '../../../core/registry.ts';
import { counted } from '../../../core/text/counted.ts';
import { printable } from '../../../core/text/printable.ts';
import { pricingDefaults } from '../../../plugins/index.ts';
import { green, lines, red, type Text } from '../../colour.ts';
import { readRawConfig } from '../../config-file.ts';
import { failureDocument, printJson } from '../../failure.ts';
import { checkFeedHeaders } from '../../host/feed-headers.ts';
import { isFolder } from '../../host/inputs.ts';
import { checkNamedFiles, type NamedFilesOptions } from '../../host/named-files.ts';
import { checkSideFileContents } from '../../host/side-file-contents.ts';
import { EXIT, type Io } from '../../io.ts';
import { CHECK } from '../../manual/commands.ts';
import { noticeLines } from '../../notice-lines.ts';
import { openRegistry } from '../../plugins/load.ts';
import { type BaseSettings, readBaseSettings } from '../../settings.ts';
import { readArgs, UsageError } from '../../usage.ts';
import { type Fix, fixConfig } from './check-fix.ts';

export async function check(argv: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = readArgs(argv, CHECK.options);
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) throw new UsageError('relay check takes one config file');
  const folder = values.input ?? null;
  if (folder !== null && !isFolder(folder)) throw new UsageError(`--input ${folder} is not a folder`);
  const followLinks = values['follow-links'];
  const settings = readBaseSettings(io.env);
  let fixes: Fix[] = [];
  const fixed = () => (values.fix ? { fixed: fixes } : {});
  try {
    if (values.fix) fixes = await mended(file, settings);
    if (!values.json) for (const one of fixes) io.stdout(fixText(one));
    const { tenantId, vendors, warnings } = await checkFile(file, settings, { folder, followLinks });
    const notices = noticesOf(warnings, { all: '`--json`' });
    if (values.json) printJson(io, { ok: true, tenant_id: tenantId, ...fixed(), issues: [], warnings, notices });
    else {
      const verdict = [`${printable(file)} is `, green('valid'), `: tenant ${tenantId}, ${counted(vendors, 'vendor')}`];
      io.stdout(lines([verdict, ...noticeLines(notices).map((line): Text => ['  ', line])]));
    }
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof RelayError)) throw error;
    const issues = error instanceof ConfigInvalid ? error.problems : [];
    if (values.json) printJson(io, { ok: false, ...fixed(), ...failureDocument(error.code, error.message, issues) });
    else io.stdout([red(error.code), `: ${error.message}\n`]);
    return EXIT.failed;
  }
}

async function mended(file: string, settings: BaseSettings): Promise<Fix[]> {
  const registry = await openRegistry(settings);
  // throws for a file that is no config
  await readRawConfig(file, settings);
  return fixConfig(file, registry, settings);
}

function fixText({ path: at, from, to }: Fix): string {
  return `${printable(`corrected ${at}: "${from}" is now "${to}"`)}\n`;
}

/** Throws `ConfigInvalid` with the problems of the config, of the files that it names, and of the feeds' headers. */
async function checkFile(
  file: string,
  settings: BaseSettings,
  input: Pick<NamedFilesOptions, 'folder' | 'followLinks'>,
) {
  const registry = await openRegistry(settings);
  const raw = await readRawConfig(file, settings);
  const checked = checkConfig(raw, registry, settings);
  const files = await checkNamedFiles(raw, {
    ...input,
    configFolder: path.dirname(file),
    registry,
    feedFilesMax: settings.limits.feedFilesMax,
  });
  const none = { problems: [], warnings: [] };
  const { folder } = input;
  const reading = { ...input, configFolder: path.dirname(file), limits: settings.limits };
  // an empty file is reported already
  const contents =
    checked.ok && files.problems.length === 0 ? await checkSideFileContents(checked.config, reading) : none;
  const headers =
    checked.ok && folder !== null ? await checkFeedHeaders(checked.config, { ...reading, folder, registry }) : none;
  // reading headers makes plugins too
  if (checked.ok && folder === null) await makePlugins(checked.config, registry, settings);
  const problems = [
    ...(checked.ok ? [] : checked.problems),
    ...files.problems,
    ...contents.problems,
    ...headers.problems,
  ];
  if (!checked.ok || problems.length > 0) throw new ConfigInvalid(file, problems);
  const { config } = checked;
  const warnings = [...configWarnings(config), ...files.warnings, ...contents.warnings, ...headers.warnings];
  return { tenantId: config.tenant_id, vendors: config.vendors.length, warnings };
}

/** Makes the config's plugins as a run would. Throws `plugin_failed`. The built-in ones are known to work, and take time to load. */
async function makePlugins(config: TenantConfig, registry: Registry, { limits }: BaseSettings): Promise<void> {
  const used: Array<[PluginKind, string]> = [
    ...config.vendors.map(({ parser }): [PluginKind, string] => ['parser', parser.format]),
    ...[config, ...config.vendors].flatMap(({ validators }) =>
      validators.map(({ use }): [PluginKind, string] => ['validator', use]),
    ),
    ...(config.pricing.rules ?? []).map(({ use }): [PluginKind, string] => ['pricing', use]),
    ['merge', config.merge.strategy],
    ...config.output.exports.map(({ use }): [PluginKind, string] => ['output', use]),
  ];
  if (used.every(([kind, id]) => registry.isBuiltIn(kind, id))) return;
  await bindPlugins(config, registry, pricingDefaults, { limits, waits: new HookWaits(), used: [] });
}
