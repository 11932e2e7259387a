/**
 * What the reports of a run must have in them so that they can be read again. A file may be damaged on its disk, or somebody may have
 * changed it: whoever reads it says so, instead of failing on a value that is not there.
 */
import { RelayError } from '../errors.ts';
import { PATHS } from './artifacts.ts';

/** Where a value does not fit, as in `vendors.acme.sha256`, empty for the value itself; null if it fits. */
type StoredShape = (value: unknown) => string | null;

const where = (fits: boolean) => (fits ? null : '');
const text: StoredShape = (value) => where(typeof value === 'string');
const number: StoredShape = (value) => where(typeof value === 'number');
const flag: StoredShape = (value) => where(typeof value === 'boolean');
/** What is absent may also be null. */
const maybe =
  (shape: StoredShape): StoredShape =>
  (value) =>
    value == null ? null : shape(value);

function under(name: string | number, misfit: string): string {
  return misfit === '' ? String(name) : `${name}.${misfit}`;
}

/** Fields that are not named may have any value. */
function fields(shapes: Readonly<Record<string, StoredShape>>): StoredShape {
  const all = Object.entries(shapes);
  return (value) => {
    if (!isObject(value)) return '';
    for (const [name, shape] of all) {
      const misfit = shape(value[name]);
      if (misfit !== null) return under(name, misfit);
    }
    return null;
  };
}

function map(shape: StoredShape): StoredShape {
  return (value) => {
    if (!isObject(value)) return '';
    for (const [name, one] of Object.entries(value)) {
      const misfit = shape(one);
      if (misfit !== null) return under(name, misfit);
    }
    return null;
  };
}

function list(shape: StoredShape): StoredShape {
  return (value) => {
    if (!Array.isArray(value)) return '';
    for (const [i, one] of value.entries()) {
      const misfit = shape(one);
      if (misfit !== null) return under(i, misfit);
    }
    return null;
  };
}

/** A list of so many values. */
function row(...shapes: StoredShape[]): StoredShape {
  return (value) => {
    if (!Array.isArray(value) || value.length !== shapes.length) return '';
    for (const [i, shape] of shapes.entries()) {
      const misfit = shape(value[i]);
      if (misfit !== null) return under(i, misfit);
    }
    return null;
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const PINNED = {
  run_copy_key: maybe(text),
  sha256: maybe(text),
  s3_key: maybe(text),
  etag: maybe(text),
  size: maybe(number),
  last_modified: maybe(text),
};
const file = fields({ ...PINNED, run_copy_key: text });
const patch = fields({
  ...{ of_sha256: text, patched_sha256: text, patched_size: number },
  ...{ run_copy_key: text, patched_copy_key: text },
});
const sideFile = fields({ ...PINNED, name: text, run_copy_key: text });
const vendor = fields({
  ...PINNED,
  status: maybe(text),
  files: maybe(list(file)),
  patches: maybe(list(patch)),
  carried_over: maybe(fields({ trouble: maybe(text), run_id: maybe(text), sha256: maybe(text), files: list(file) })),
  side_files: maybe(list(sideFile)),
});
const published = fields({ run_id: maybe(text), key: maybe(text), sha256: maybe(text), published_at: maybe(text) });

const manifest = fields({
  ...{ run_id: maybe(text), tenant_id: maybe(text), config_version: maybe(number), generated_at: maybe(text) },
  ...{ baseline: maybe(published), carry_over_source: maybe(published), forced: maybe(text) },
  decisions: maybe(fields({ key: maybe(text), sha256: maybe(text) })),
  vendors: map(vendor),
});

/** What is read of a config without its check: that of an old release may be invalid today. */
const config = fields({
  output: maybe(fields({ format: maybe(text), columns: maybe(list(text)), escape_formulas: maybe(flag) })),
  extra_columns: maybe(list(text)),
  error_policy: maybe(fields({})),
  vendors: maybe(list(fields({ vendor_id: maybe(text), on_trouble: maybe(fields({})) }))),
});

const snapshot = fields({
  config_version: maybe(number),
  tenant_config: maybe(config),
  plugins: maybe(list(fields({ kind: text, id: text, version: text }))),
});

const samples = list(row(number, number, text));
const feedFile = fields({
  ...{ name: maybe(text), unit: maybe(text), length: number, head: maybe(text) },
  blocks: list(row(number, number)),
});
const indexedVendor = fields({
  ...{ samples, files: list(feedFile), refused_more: maybe(number) },
  refused: list(row(text, number, number, number)),
});
const pages = fields({ vendors: list(text), rows: list(number), starts: list(row(text, list(number))) });
const rowIndex = fields({
  version: maybe(number),
  vendors: map(indexedVendor),
  outputs: map(fields({ samples })),
  pages: maybe(pages),
});

const summary = fields({
  warnings: list(text),
  unpriced_skus: fields({ count: number, skus: list(text) }),
});

const SHAPES: Readonly<Record<string, StoredShape>> = {
  [PATHS.manifest]: manifest,
  [PATHS.config]: snapshot,
  [PATHS.rowIndex]: rowIndex,
  [PATHS.summary]: summary,
  [PATHS.guardrails]: fields({ guards: list(fields({ guard: text, tripped: maybe(flag) })) }),
  [PATHS.expectations]: fields({
    expectations: list(fields({ name: maybe(text), met: maybe(flag), severity: maybe(text) })),
  }),
};

/** What is wrong with a report, in words; null if nothing is. `path` is its path in the run, or ends with it. */
export function misfitOf(path: string, value: unknown): string | null {
  const misfit = SHAPES[/(?:^|\/)(reports\/[^/]+)$/.exec(path)?.[1] ?? '']?.(value) ?? null;
  if (misfit === null) return null;
  return `${path} is damaged: ${misfit === '' ? 'it' : misfit} is not what a run writes`;
}

/** The value of a JSON file. Throws `invalid_input`, which names `path`, if it is no JSON, or a report that is not as a run writes it. */
export function storedValue(path: string, text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new RelayError('invalid_input', `${path} is not JSON`, { cause });
  }
  const misfit = misfitOf(path, value);
  if (misfit !== null) throw new RelayError('invalid_input', misfit);
  return value;
}
