/**
 * Golden cases on disk, one folder each: `case.json` (what it shows, and how the run must end), `tenant.json` or
 * `tenant.yaml`, `inbound/<vendor>/<file>`, SKU maps, side files, `baseline/` and `decisions.csv` (what is published),
 * and `expected/`. Cases are data only, without code of their own.
 */
import fs from 'node:fs';
import path from 'node:path';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { problemsOf } from '../../core/config/problems.ts';
import { DEFAULT_LIMITS, type EngineLimits } from '../../core/ports/engine.ts';
import { RUN_CODES, type RunCode } from '../../core/run-codes.ts';
import type { MemoryFile } from '../../plugins/in-memory/ports.ts';

const runCodes = Object.keys(RUN_CODES) as [RunCode];
const limitNames = Object.keys(DEFAULT_LIMITS) as [keyof EngineLimits];

/** Strict, because a misspelled expectation would never be checked. */
const caseSchema = z.strictObject({
  /** What the case shows, in a sentence. */
  description: z.string().min(20),
  /** The run's clock. */
  now: z.iso.datetime('must be a time in UTC such as "2026-11-01T06:00:00Z"'),
  /** The vendors that run; all unless given. */
  vendors: z.array(z.string()).optional(),
  limits: z.partialRecord(z.enum(limitNames), z.int().min(0)).optional(),
  /** Why holds and guardrails are set aside. */
  force: z.string().min(1).optional(),
  /** The recorded hash of the published feed, for cases about a feed that was changed. */
  baseline_sha256: z.string().optional(),
  /** Bytes per chunk of an input. */
  chunkBytes: z.int().min(1).optional(),
  expect: z.strictObject({
    status: z.enum(['SUCCEEDED', 'FAILED']),
    /** Null if the run succeeds, and only then. */
    error_code: z.enum(runCodes).nullable(),
    /** The details of the failure: vendor, encoding, byte offset, line. */
    details: z.record(z.string(), z.union([z.string(), z.number(), z.null()])).optional(),
  }),
  /** Why the oracle cannot run this case. Without this, the oracle must give the expected result. */
  oracle_skipped: z.string().min(10).optional(),
});

export interface GoldenCase extends z.infer<typeof caseSchema> {
  name: string;
  dir: string;
  /** The tenant's config as written. */
  tenant: unknown;
  files: Record<string, MemoryFile>;
  skuMaps: Record<string, Uint8Array>;
  /** Files in `side_files/` by their path in the case's folder, and files that configs name by `local_path`. */
  sideFiles: Record<string, Uint8Array>;
  /**
   * The published files, by path below `baseline/`, which has the layout of a run's folder; empty if nothing is
   * published.
   */
  baseline: Map<string, Uint8Array>;
  /** `decisions.csv`, sorted by SKU; null if there is none. */
  decisions: Uint8Array | null;
  /** By path below `expected/`. */
  expected: Map<string, string>;
}

/** The folder is no golden case, or its expectations could never fail. */
export class BadCase extends Error {}

/** Each folder is a case, or has cases in it. Throws `BadCase` otherwise. */
export function caseFolders(folders: readonly string[]): string[] {
  return folders.flatMap((folder) => {
    if (!fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw new BadCase(`${folder} is not a folder`);
    if (fs.existsSync(path.join(folder, 'case.json'))) return [folder];
    const cases = subfolders(folder).map((name) => path.join(folder, name));
    if (cases.length === 0) throw new BadCase(`${folder} has no cases: nothing would be tested`);
    return cases;
  });
}

/** Throws `BadCase`. A new case has no expectations yet: `assertCanFail` checks those. */
export function readCase(dir: string): GoldenCase {
  const name = path.basename(dir);
  const raw = readJson(path.join(dir, 'case.json'), name);
  const parsed = caseSchema.safeParse(raw);
  if (!parsed.success) {
    const problems = problemsOf(caseSchema, raw).map(({ path: where, message }) => `${where} ${message}`);
    throw new BadCase(`${name}: case.json: ${problems.join('; ')}`);
  }
  const { expect } = parsed.data;
  if ((expect.status === 'SUCCEEDED') !== (expect.error_code === null)) {
    throw new BadCase(`${name}: case.json: a failed run has an error_code, and only a failed one`);
  }
  const tenant = readTenant(dir, name);
  return {
    ...parsed.data,
    name,
    dir,
    tenant,
    files: readInbound(path.join(dir, 'inbound'), name),
    skuMaps: readSkuMaps(dir, tenant),
    sideFiles: { ...readSideFiles(dir), ...readLocalFiles(dir, tenant) },
    baseline: readTree(path.join(dir, 'baseline')),
    decisions: readIfThere(path.join(dir, 'decisions.csv')),
    expected: new Map([...readTree(path.join(dir, 'expected'))].map(([file, bytes]) => [file, textOf(bytes)])),
  };
}

/** Throws `BadCase` if the case would pass whatever the engine writes. */
export function assertCanFail(one: GoldenCase): void {
  const needed = ['summary.json'];
  if (one.expect.status === 'SUCCEEDED') {
    needed.push(mergedName(one), ...vendorIds(one).map((id) => `normalized/${id}/normalized.csv`));
  }
  const missing = needed.filter((file) => !one.expected.has(file));
  if (missing.length > 0)
    throw new BadCase(`${one.name}: expected/ lacks ${missing.join(', ')}: it could not fail (--update writes it)`);
}

/** The merged feed's name; its extension is the format. */
export function mergedName(one: GoldenCase): string {
  const { output } = one.tenant as { output?: { format?: string } };
  return `merged_inventory.${output?.format ?? 'csv'}`;
}

/** The vendors that run. */
function vendorIds(one: GoldenCase): string[] {
  const { vendors } = one.tenant as { vendors: Array<{ vendor_id: string }> };
  const ids = vendors.map((vendor) => vendor.vendor_id);
  return ids.filter((id) => one.vendors?.includes(id) ?? true);
}

function readTenant(dir: string, name: string): unknown {
  const yaml = path.join(dir, 'tenant.yaml');
  if (fs.existsSync(yaml)) return parseYaml(fs.readFileSync(yaml, 'utf8'));
  return readJson(path.join(dir, 'tenant.json'), name);
}

function readJson(file: string, name: string): unknown {
  if (!fs.existsSync(file)) throw new BadCase(`${name}: there is no ${path.basename(file)}`);
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch (error) {
    throw new BadCase(`${name}: ${path.basename(file)}: ${(error as Error).message}`);
  }
}

/** One file per vendor: the engine does not choose the newest. */
function readInbound(folder: string, name: string): Record<string, MemoryFile> {
  const files: Record<string, MemoryFile> = {};
  for (const vendor of fs.existsSync(folder) ? subfolders(folder) : []) {
    const names = fs.readdirSync(path.join(folder, vendor));
    const [file, ...others] = names;
    if (file === undefined || others.length > 0) {
      throw new BadCase(`${name}: inbound/${vendor} has ${names.length} files, not one`);
    }
    files[vendor] = { name: file, bytes: bytesOf(path.join(folder, vendor, file)) };
  }
  return files;
}

/** SKU maps by vendor id, from the paths in the config, below the case's folder. Missing ones are left out. */
function readSkuMaps(dir: string, tenant: unknown): Record<string, Uint8Array> {
  const maps: Record<string, Uint8Array> = {};
  const { vendors = [] } = tenant as { vendors?: Array<{ vendor_id: string; sku_map?: { local_path?: string } }> };
  for (const { vendor_id, sku_map } of vendors) {
    const file = path.join(dir, sku_map?.local_path ?? '');
    if (sku_map?.local_path !== undefined && fs.existsSync(file)) maps[vendor_id] = bytesOf(file);
  }
  return maps;
}

/**
 * Side files where `relay run` finds them: a `local_path` in a parser's options starts at the config's folder. Missing ones
 * are left out.
 */
function readLocalFiles(dir: string, tenant: unknown): Record<string, Uint8Array> {
  const { vendors = [] } = tenant as { vendors?: Array<{ parser?: { options?: unknown } }> };
  const paths = vendors.flatMap(({ parser }) => localPaths(parser?.options));
  const there = paths.filter((file) => fs.statSync(path.resolve(dir, file), { throwIfNoEntry: false })?.isFile());
  return Object.fromEntries(there.map((file) => [file, bytesOf(path.resolve(dir, file))]));
}

/** Every `local_path` at any depth: only the plugin knows which options name a file. */
function localPaths(options: unknown): string[] {
  if (typeof options !== 'object' || options === null) return [];
  return Object.entries(options).flatMap(([key, value]) =>
    key === 'local_path' && typeof value === 'string' ? [value] : localPaths(value),
  );
}

function readSideFiles(dir: string): Record<string, Uint8Array> {
  const folder = path.join(dir, 'side_files');
  const names = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
  return Object.fromEntries(names.map((name) => [`side_files/${name}`, bytesOf(path.join(folder, name))]));
}

function readIfThere(file: string): Uint8Array | null {
  return fs.existsSync(file) ? bytesOf(file) : null;
}

function readTree(folder: string): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  if (!fs.existsSync(folder)) return files;
  for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath ?? entry.path, entry.name);
    files.set(path.relative(folder, file).split(path.sep).join('/'), bytesOf(file));
  }
  return files;
}

function subfolders(folder: string): string[] {
  const entries = fs.readdirSync(folder, { withFileTypes: true });
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
}

function bytesOf(file: string): Uint8Array {
  return new Uint8Array(fs.readFileSync(file));
}

/** Strict, and keeps a byte order mark: texts are equal only if their bytes are. */
export function textOf(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}
