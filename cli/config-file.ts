/** Reads a tenant config from a JSON or YAML file and checks it. */
import fs from 'node:fs';
import { checkConfig } from '../core/config/check.ts';
import { ConfigInvalid } from '../core/config/invalid.ts';
import type { TenantConfig } from '../core/config/schema.ts';
import { RelayError } from '../core/errors.ts';
import type { Registry } from '../core/registry.ts';
import { attempt } from '../stores/embedded/file-errors.ts';
import { requireOrdinary } from './ordinary-file.ts';
import type { BaseSettings } from './settings.ts';

export interface ConfigFile {
  config: TenantConfig;
  raw: unknown;
}

/** Throws `missing_tenant_config`, `ConfigInvalid`, and file errors. */
export async function readConfigFile(file: string, registry: Registry, settings: BaseSettings): Promise<ConfigFile> {
  const raw = await readRawConfig(file, settings);
  const checked = checkConfig(raw, registry, settings);
  if (!checked.ok) throw new ConfigInvalid(file, checked.problems);
  return { config: checked.config, raw };
}

/** The config before its check. Throws `missing_tenant_config`, `CONFIG_INVALID` for what is no JSON or YAML, and file errors. */
export async function readRawConfig(file: string, settings: BaseSettings): Promise<unknown> {
  return parseConfig(file, readText(file, settings.configBytesMax));
}

function readText(file: string, bytesMax: number): string {
  if (!fs.existsSync(file)) throw new RelayError('missing_tenant_config', `there is no config file ${file}`);
  const { size } = statConfig(file);
  if (size > bytesMax) {
    throw new RelayError('CONFIG_INVALID', `${file} has ${size} bytes; the limit is ${bytesMax} (LIMIT_CONFIG_BYTES)`);
  }
  const bytes = attempt(`read ${file}`, () => fs.readFileSync(file));
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new RelayError('CONFIG_INVALID', `${file} is not UTF-8 text`);
  }
}

function statConfig(file: string): fs.Stats {
  const stat = attempt(`read ${file}`, () => fs.statSync(file));
  requireOrdinary(file, stat);
  return stat;
}

/** JSON is YAML too, but JSON files must keep JSON's own rules. */
async function parseConfig(file: string, text: string): Promise<unknown> {
  if (!/\.ya?ml$/i.test(file)) {
    try {
      return JSON.parse(text);
    } catch (error) {
      if (/\.json$/i.test(file)) throw syntaxError(file, (error as Error).message);
    }
  }
  const { isAlias, LineCounter, parseDocument, visit } = await import('yaml');
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, strict: true, uniqueKeys: true, version: '1.2' });
  const error = document.errors[0];
  if (error !== undefined) throw syntaxError(file, yamlMessage(error.message, error.code));
  visit(document, {
    Node: (_key, node) => {
      if (isAlias(node)) throw syntaxError(file, 'aliases are not allowed in configs; write the value out');
    },
  });
  return document.toJS();
}

/** The first line of the library's message, without its advice for programmers. */
function yamlMessage(message: string, code: string): string {
  const place = / at (line \d+, column \d+)/.exec(message)?.[1];
  const first = message.replace(/\n.*$/s, '').replace(/ at line \d+, column \d+:?$/, '');
  const text = code === 'MULTIPLE_DOCS' ? 'it holds more than one document' : first;
  return place === undefined ? text : `${text} (${place})`;
}

function syntaxError(file: string, message: string): RelayError {
  return new RelayError('CONFIG_INVALID', `${file} cannot be read: ${message}`);
}
