/** Reads a tenant config from a JSON or YAML file and checks it. */
import fs from 'node:fs';
import { parseYaml, YamlError } from '../api/config/yaml-text.ts';
import { checkConfig } from '../core/config/check.ts';
import { ConfigInvalid } from '../core/config/invalid.ts';
import type { TenantConfig } from '../core/config/schema.ts';
import { RelayError } from '../core/errors.ts';
import type { Registry } from '../core/registry.ts';
import { jsonDepth } from '../core/text/json-depth.ts';
import { attempt } from '../stores/embedded/file-errors.ts';
import { requireOrdinary, statIfThere } from './ordinary-file.ts';
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
  return parseConfig(file, readText(file, settings.configBytesMax), settings.configDepthMax);
}

function readText(file: string, bytesMax: number): string {
  const stat = statIfThere(file);
  if (stat === null) throw new RelayError('missing_tenant_config', `there is no config file ${file}`);
  requireOrdinary(file, stat);
  const { size } = stat;
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

/** JSON is also YAML, but JSON files must keep the stricter rules of JSON. */
async function parseConfig(file: string, text: string, depthMax: number): Promise<unknown> {
  if (!/\.ya?ml$/i.test(file)) {
    try {
      return parseJson(text, depthMax);
    } catch (error) {
      if (/\.json$/i.test(file)) throw syntaxError(file, (error as Error).message);
    }
  }
  try {
    return await parseYaml(text, depthMax);
  } catch (error) {
    if (error instanceof YamlError) throw syntaxError(file, error.message);
    throw error;
  }
}

function parseJson(text: string, depthMax: number): unknown {
  if (jsonDepth(text) > depthMax) throw new Error(`it is nested deeper than ${depthMax} levels (LIMIT_CONFIG_DEPTH)`);
  return JSON.parse(text);
}

function syntaxError(file: string, message: string): RelayError {
  return new RelayError('CONFIG_INVALID', `${file} cannot be read: ${message}`);
}
