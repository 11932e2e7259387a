// Typical Node script: papaparse (step, header objects) + JS Map. usage: node papaparse.mjs FEEDS OUT
import fs from 'node:fs'; import path from 'node:path'; import Papa from 'papaparse';
const [src, out] = process.argv.slice(2);
const cfg = JSON.parse(fs.readFileSync(path.join(src, 'config.json'), 'utf8'));
const CANON = 'sku,vendor_sku,vendor_id,quantity_available,lead_time_days,cost,map_price,price,msrp,condition,brand,title,updated_at'.split(',');
const INT = /^-?\d{1,15}$/, MON = /^-?\d{1,9}(\.\d{1,4})?$/, MONEY = ['cost', 'map_price', 'price', 'msrp'];
const dec = s => { const [i, f = ''] = s.split('.'); const neg = i[0] === '-'; const n = Math.abs(Number(i)) * 10000 + Number((f + '0000').slice(0, 4)); return neg ? -n : n; }; // 1e-4 units, exact
const cents = n4 => Math.floor((n4 + 50) / 100);
const fmt = c => `${Math.floor(c / 100)}.${String(c % 100).padStart(2, '0')}`;
const q = s => /[",\n\r]/.test(s) ? '"' + s.replaceAll('"', '""') + '"' : s;
const line = (a) => a.map(x => x == null ? '' : q(String(x))).join(',') + '\n';
const SHIP = dec(cfg.shipping), MARK = Math.round(Number(cfg.markup) * 100), MIN = cents(dec(cfg.min_price));
const best = new Map();
const writeAll = async (file, head, it) => { const ws = fs.createWriteStream(file); let b = line(head); for (const r of it) { b += line(r); if (b.length > 1 << 18) { if (!ws.write(b)) await new Promise(r => ws.once('drain', r)); b = ''; } } ws.end(b); await new Promise(r => ws.once('finish', r)); };
for (const v of cfg.vendors) {
  const dir = path.join(out, v.id); fs.mkdirSync(dir, { recursive: true });
  const skumap = new Map(v.map ? Papa.parse(fs.readFileSync(path.join(src, v.map), 'utf8').trim()).data.slice(1) : []);
  const rows = [], rej = []; let n = 0;
  await new Promise((ok, no) => Papa.parse(fs.createReadStream(path.join(src, v.file), 'utf8'), {
    header: true, skipEmptyLines: true, error: no, complete: ok, transformHeader: h => h.replace(/^\ufeff/, ''),
    step: ({ data }) => {
      n++;
      const o = {}; for (const c in v.columns) o[c] = (data[v.columns[c]] ?? '').trim();
      const bad = reason => { rej.push([n, reason]); };
      if (!o.sku) return bad('empty sku');
      if (!INT.test(o.quantity_available)) return bad('bad quantity_available');
      o.quantity_available = Number(o.quantity_available);
      if (o.quantity_available < 0) return bad('negative quantity_available');
      if (o.lead_time_days && !INT.test(o.lead_time_days)) return bad('bad lead_time_days');
      for (const m of MONEY) { const s = o[m]; if (!s) o[m] = null; else if (!MON.test(s)) return bad('bad ' + m); else o[m] = dec(s); }
      o.condition = (o.condition ?? '').toLowerCase();
      if (o.condition && !['new', 'used', 'refurb'].includes(o.condition)) return bad('bad condition');
      o.vendor_sku = o.sku; o.sku = skumap.get(o.sku) ?? o.sku; o.vendor_id = v.id;
      rows.push(o);
      if (o.cost !== null) {
        const b = best.get(o.sku);
        if (!b || (o.quantity_available > 0) > (b.q > 0) || ((o.quantity_available > 0) === (b.q > 0) && (o.cost < b.cost || (o.cost === b.cost && v.id < b.v)))) best.set(o.sku, { q: o.quantity_available, cost: o.cost, v: v.id, map: o.map_price, up: o.updated_at });
      }
    } }));
  rows.sort((a, b) => a.sku < b.sku ? -1 : a.sku > b.sku ? 1 : 0);
  await writeAll(path.join(dir, 'normalized.csv'), CANON, function* () { for (const o of rows) { for (const m of MONEY) if (o[m] !== null) o[m] = fmt(cents(o[m])); yield CANON.map(c => o[c]); } }());
  await writeAll(path.join(dir, 'rejects.csv'), ['row', 'reason'], rej);
}
await writeAll(path.join(out, 'merged_inventory.csv'), ['sku', 'quantity_available', 'price', 'vendor_id', 'updated_at'], function* () {
  for (const sku of [...best.keys()].sort()) { const b = best.get(sku); let p = Math.max(Math.floor(((b.cost + SHIP) * MARK + 5000) / 10000), MIN); if (b.map !== null) p = Math.max(p, cents(b.map)); yield [sku, b.q, fmt(p), b.v, b.up]; }
}());
