// Makes the input for measuring the cost of publishing: the feeds of the day before, and the tenant with all of it on (`on.json`).
// usage: node yesterday.mjs data/single [outDir=data/single/publish]
// Since the day before, 1 in 20 SKUs is new and 1 in 200 gone; 1 row in 5 has another quantity, 1 in 20 another cost, and 1 in 400
// a cost three times as high.
import fs from 'node:fs';
import path from 'node:path';

const [src, out = path.join(src, 'publish')] = process.argv.slice(2);
const { vendors } = JSON.parse(fs.readFileSync(path.join(src, 'config.json'), 'utf8'));
const off = JSON.parse(fs.readFileSync(path.join(src, 'relay/tenant.json'), 'utf8'));

/** A pseudo-random number from 0 to `below - 1`, the same in each run. */
function pick(key, salt, below) {
  let x = (Math.imul(key, 0x9e3779b1) ^ Math.imul(salt, 0x85ebca6b)) | 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return ((x ^ (x >>> 16)) >>> 0) % below;
}

/** The product's number: `AB-1000042` and `v04x42` are both 42. */
function productOf(sku) {
  const digits = Number(/\d*$/.exec(sku)[0]);
  return sku.includes('x') ? digits : digits - 1_000_000;
}

const CELL = /(?:^|,)("(?:[^"]|"")*"|[^",]*)/g;
const cellsOf = (line) => Array.from(line.matchAll(CELL), ([, cell]) => cell);

function rowsBefore(line, columns, vendor) {
  const cells = cellsOf(line);
  const sku = cells[columns.sku];
  const product = productOf(sku);
  if (pick(product, 1, 20) === 0) return [];
  const row = product * 32 + vendor;
  if (pick(row, 2, 5) === 0) cells[columns.quantity] = String(pick(row, 3, 400));
  const cost = Number(cells[columns.cost]);
  if (pick(row, 4, 20) === 0 && cost > 0) {
    const factor = pick(row, 5, 20) === 0 ? 1 / 3 : (95 + pick(row, 6, 11)) / 100;
    cells[columns.cost] = (cost * factor).toFixed(2);
  }
  const rows = [cells.join(',')];
  if (pick(product, 7, 200) === 0 && sku.includes('-')) {
    cells[columns.sku] = `${sku}G`;
    rows.push(cells.join(','));
  }
  return rows;
}

fs.rmSync(out, { recursive: true, force: true });
for (const [i, { id, file, columns }] of vendors.entries()) {
  const text = fs.readFileSync(path.join(src, file), 'utf8');
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const [header, ...lines] = text.trimEnd().split(eol);
  const names = header.replace('\ufeff', '').split(',');
  const at = {
    sku: names.indexOf(columns.sku),
    quantity: names.indexOf(columns.quantity_available),
    cost: names.indexOf(columns.cost),
  };
  const before = lines.flatMap((line) => rowsBefore(line, at, i));
  const folder = path.join(out, 'before', id);
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, file), `${[header, ...before].join(eol)}${eol}`);
}

const trouble = {
  missing: 'carry_over',
  unreadable: 'carry_over',
  stale: 'carry_over',
  too_many_invalid: 'carry_over',
};
const on = {
  ...off,
  vendors: off.vendors.map((vendor) => ({
    ...vendor,
    on_trouble: trouble,
    error_policy: { max_invalid_rows: 1_000_000, max_invalid_row_pct: 0.5 },
  })),
  publish: {
    vanished: { removed: 'zero', rejected: 'keep', unavailable: 'keep', unpriced: 'keep', keep_runs: 3 },
    holds: { price_rise_pct: 0.5, price_drop_pct: 0.5, below_cost: true, new_sku: 'hold', max_held_pct: 0.2 },
  },
  guardrails: {
    max_sku_drop_pct: 0.2,
    max_in_stock_drop_pct: 0.2,
    max_median_price_change_pct: 0.2,
    max_vendor_row_drop_pct: 0.2,
    stale_after_hours: 1_000_000,
    min_skus: 1,
  },
};
fs.writeFileSync(path.join(out, 'on.json'), JSON.stringify(on, null, 1));
