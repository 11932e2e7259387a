/** `relay init`: makes a working config from a folder of raw feeds. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseYaml } from '../../../api/config/yaml-text.ts';
import { isTimeZone } from '../../../core/bytes/time/timezone.ts';
import { checkConfig } from '../../../core/config/check.ts';
import { ConfigInvalid } from '../../../core/config/invalid.ts';
import { ID_PATTERN } from '../../../core/config/schema.ts';
import { RelayError } from '../../../core/errors.ts';
import { CURRENCIES } from '../../../core/money/currencies.ts';
import { PATHS } from '../../../core/pipeline/artifacts.ts';
import { type RunOutcome, runPipeline } from '../../../core/pipeline/run.ts';
import { counted } from '../../../core/text/counted.ts';
import { printable } from '../../../core/text/printable.ts';
import { attempt } from '../../../stores/embedded/file-errors.ts';
import { bold, lines, type Text, yellow } from '../../colour.ts';
import { printJson } from '../../failure.ts';
import { FileArtifacts, FileScratch, fileSource } from '../../host/files.ts';
import { isFolder, LocalInputs } from '../../host/inputs.ts';
import { EXIT, type Io } from '../../io.ts';
import { localEngine } from '../../local-engine.ts';
import { INIT } from '../../manual/config-commands.ts';
import { openRegistry } from '../../plugins/load.ts';
import { type BaseSettings, readBaseSettings } from '../../settings.ts';
import { readArgs, UsageError } from '../../usage.ts';
import { type Ask, askOn } from './ask.ts';
import { configText, type FirstConfig } from './config-text.ts';
import { firstExpectations } from './expectations.ts';
import type { LeftOut } from './raw-feeds.ts';
import {
  type FoundVendor,
  foreignCure,
  inputArguments,
  lookAtVendors,
  shellWord,
  type VendorFolders,
} from './vendors.ts';

export function init(argv: readonly string[], io: Io): Promise<number> {
  const isAsked = io.isTTY && process.stdin.isTTY === true;
  return initWith(argv, io, isAsked ? askOn(process.stdin, process.stderr) : null);
}

export async function initWith(argv: readonly string[], io: Io, ask: Ask): Promise<number> {
  const { values, positionals } = readArgs(argv, INIT.options);
  const [folder] = positionals;
  if (folder === undefined || positionals.length > 1) throw new UsageError('relay init takes one folder');
  if (!isFolder(folder)) throw new UsageError(`${folder} is not a folder`);
  const file = values.config ?? 'tenant.yaml';
  if (fs.existsSync(file)) throw new UsageError(`${file} is there already; name another file with --config`);
  const tenantId = values.tenant ?? 'shop';
  if (!ID_PATTERN.test(tenantId)) throw new UsageError('--tenant must be 1 to 63 letters, digits, "_" or "-"');
  const timezone = values.timezone ?? 'UTC';
  if (!isTimeZone(timezone)) throw new UsageError(`--timezone "${timezone}" is not an IANA time zone`);
  const given = values.currency?.toUpperCase() ?? null;
  if (given !== null && !CURRENCIES.has(given)) throw new UsageError(`--currency "${given}" is not an ISO 4217 code`);
  const settings = readBaseSettings(io.env);
  const looked = await lookAtVendors(folder, { settings, currency: given, ask: values.json ? null : ask });
  const currency = currencyOf(given, looked.found);
  const { found, leftOut } = withoutForeign(looked, currency.iso);
  if (found.length === 0) throw new RelayError('invalid_input', nothingFound(folder, leftOut));
  const parts = { folder, tenantId, timezone, currency, vendors: found, leftOut, ageHours: ageOf(folder, found) };
  const { text, outcome } = await triedText(parts, settings);
  attempt(`write ${file}`, () => fs.writeFileSync(file, text, { flag: 'wx' }));
  const vendors = found.map(({ id, file: feed, others, report }) => ({
    ...{ vendor_id: id, file: feed, rows: report.read.total_rows, invalid_rows: report.read.invalid_rows },
    ...{ not_read: others, questions: report.questions },
  }));
  const skus = outcome.summary.record_count;
  if (values.json) printJson(io, { config: file, vendors, left_out: leftOut, skus });
  else io.stdout(describe(file, folder, { found, leftOut, skus }));
  if (skus > 0) return EXIT.ok;
  const without = found.filter(({ report }) => !namesAmounts(report)).map(({ id }) => id);
  const why = without.length === 0 ? '' : `: no column was taken as cost or price of ${without.join(', ')}`;
  io.stderr(`relay: no SKU of the first feeds has a price${why}; map one in ${printable(file)} before you run it\n`);
  return EXIT.failed;
}

/** The age of the oldest feed, in hours. */
function ageOf(folder: string, found: readonly FoundVendor[]): number {
  const times = found.map(({ file }) => fs.statSync(path.join(folder, file), { throwIfNoEntry: false })?.mtimeMs ?? 0);
  return (Date.now() - Math.min(...times)) / 3_600_000;
}

function namesAmounts({ config }: FoundVendor['report']): boolean {
  const { column_map, options } = config.parser;
  const declared = { ...column_map, ...(options?.columns as object | undefined) };
  return 'cost' in declared || 'price' in declared;
}

/** The text of a config that runs on the folder, with expectations that its first feed meets. */
async function triedText(
  parts: Omit<FirstConfig, 'expectations'>,
  settings: BaseSettings,
): Promise<{ text: string; outcome: RunOutcome }> {
  const work = fs.mkdtempSync(path.join(os.tmpdir(), 'relay-init-'));
  try {
    const plain = await tried(configText({ ...parts, expectations: [] }), parts, { work, settings });
    const feed = fileSource(path.join(work, 'run', PATHS.merged('csv')));
    const text = configText({ ...parts, expectations: await firstExpectations(feed) });
    await tried(text, parts, { work, settings });
    return { text, outcome: plain };
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
}

async function tried(
  text: string,
  { folder, vendors }: Pick<FirstConfig, 'folder' | 'vendors'>,
  { work, settings }: { work: string; settings: BaseSettings },
): Promise<RunOutcome> {
  const isOwn = vendors.every(({ isInOwnFolder }) => isInOwnFolder);
  const files = new Map(isOwn ? [] : vendors.map(({ id, file }) => [id, path.join(folder, file)]));
  const registry = await openRegistry(settings);
  const raw = await parseYaml(text, settings.configDepthMax);
  const checked = checkConfig(raw, registry, settings);
  if (!checked.ok) throw new ConfigInvalid('the config that relay init makes', checked.problems);
  const outcome = await runPipeline(localEngine(registry, settings), {
    ...{ runId: 'init', config: checked.config, rawConfig: raw, configVersion: 1, now: Math.floor(Date.now() / 1000) },
    inputs: new LocalInputs({ folder: isOwn ? folder : null, files, followLinks: false, configFolder: '.' }),
    artifacts: new FileArtifacts(path.join(work, 'run')),
    scratch: new FileScratch(path.join(work, 'scratch')),
  });
  if (outcome.status === 'SUCCEEDED') return outcome;
  throw new RelayError(outcome.error_code ?? 'internal_error', `the first run fails: ${outcome.error_message}`);
}

function currencyOf(given: string | null, vendors: readonly FoundVendor[]): FirstConfig['currency'] {
  if (given !== null) return { iso: given, why: 'as you said' };
  const named = vendors.flatMap(({ id, report }) =>
    report.default_currency === null ? [] : [{ id, iso: report.default_currency }],
  );
  const countOf = (currency: string) => named.filter(({ iso }) => iso === currency).length;
  // the one that most of them name; of several, the first
  const [first] = named.toSorted((a, b) => countOf(b.iso) - countOf(a.iso));
  if (first === undefined) return { iso: 'USD', why: 'no feed names one: put your own' };
  const silent = vendors.filter(({ report }) => report.default_currency === null).map(({ id }) => id);
  const rest = silent.length === 0 ? '' : `; ${silent.join(', ')} ${silent.length === 1 ? 'names' : 'name'} none`;
  return { iso: first.iso, why: `the amounts of ${first.id} carry it${rest}` };
}

/** Leaves out vendors whose amounts name another currency: their rows would all be refused, for want of a rate. */
function withoutForeign({ found, leftOut }: VendorFolders, currency: string): VendorFolders {
  const isForeign = ({ report }: FoundVendor) => ![null, currency].includes(report.default_currency);
  const foreign = found.filter(isForeign).map(({ id, file, report }) => {
    return {
      name: id,
      why: `the amounts of ${path.basename(file)} are in ${report.default_currency}; ${foreignCure(currency)}`,
    };
  });
  return { found: found.filter((vendor) => !isForeign(vendor)), leftOut: [...leftOut, ...foreign] };
}

function nothingFound(folder: string, leftOut: readonly LeftOut[]): string {
  const why = leftOut.map((one) => `${printable(one.name)}: ${one.why}`).join('; ');
  const where = `${folder} has no feed that can be read; feeds are looked for in ${folder}/<vendor>/ and in ${folder} itself`;
  return why === '' ? where : `${where}: ${why}`;
}

function describe(
  file: string,
  folder: string,
  { found, leftOut, skus }: { found: readonly FoundVendor[]; leftOut: readonly LeftOut[]; skus: number },
): Text {
  const shown: Text[] = [
    `${printable(file)} is written: ${counted(found.length, 'vendor')}, ${counted(skus, 'SKU')} in the first merged feed`,
    ...found.map(({ id, file: feed, isInOwnFolder, others, report }): Text => {
      const beside = others.length === 0 ? '' : `; ${counted(others.length, 'file')} beside it not read`;
      const { total_rows, invalid_rows } = report.read;
      return `  ${id}${isInOwnFolder ? '' : ` (${printable(feed)})`}: ${counted(total_rows, 'row')}, ${invalid_rows.toLocaleString('en-US')} refused, read as ${report.format.id}${beside}`;
    }),
    ...leftOut.map(({ name, why }): Text => ['  ', yellow('left out'), ` ${printable(name)}: ${why}`]),
  ];
  const open = found.filter(({ report }) => report.questions.length > 0).map(({ id }) => id);
  if (open.length > 0) shown.push(`The config has comments with questions about ${open.join(', ')}.`);
  shown.push(bold('Next'));
  const inputs = inputArguments(folder, found);
  shown.push(`  relay check ${shellWord(file)}${inputs.startsWith('--input') ? ` ${inputs}` : ''}`);
  shown.push(`  relay run --config ${shellWord(file)} ${inputs} --out out`);
  return lines(shown);
}
