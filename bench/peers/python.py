#!/usr/bin/env python3
"""Typical stdlib script. usage: python3 python.py FEEDS OUT"""
import csv, json, os, re, sys
from decimal import Decimal, ROUND_HALF_UP
src, out = sys.argv[1], sys.argv[2]
cfg = json.load(open(os.path.join(src, 'config.json')))
SHIP, MARK, MINP, C = Decimal(cfg['shipping']), Decimal(cfg['markup']), Decimal(cfg['min_price']), Decimal('0.01')
CANON = 'sku vendor_sku vendor_id quantity_available lead_time_days cost map_price price msrp condition brand title updated_at'.split()
INT, MON = re.compile(r'-?\d{1,15}$'), re.compile(r'-?\d{1,9}(\.\d{1,4})?$')
class Bad(Exception): pass
def money(s, name):
    if not s: return None
    if not MON.match(s): raise Bad('bad ' + name)
    return Decimal(s)
def m2(d): return '' if d is None else str(d.quantize(C, ROUND_HALF_UP))
best = {}
for v in cfg['vendors']:
    vid = v['id']; vdir = os.path.join(out, vid); os.makedirs(vdir, exist_ok=True)
    skumap = {}
    if v['map']:
        with open(os.path.join(src, v['map']), newline='', encoding='utf-8') as f:
            r = csv.reader(f); next(r); skumap = dict(r)
    rows = []
    with open(os.path.join(src, v['file']), newline='', encoding='utf-8-sig') as f, open(os.path.join(vdir, 'rejects.csv'), 'w', newline='') as rf:
        rej = csv.writer(rf, lineterminator='\n'); rej.writerow(['row', 'reason'])
        rd = csv.reader(f); head = next(rd); pos = {c: head.index(h) for c, h in v['columns'].items()}
        def g(row, c):
            i = pos.get(c); return '' if i is None else row[i].strip()
        for n, row in enumerate(rd, 1):
            try:
                vs = g(row, 'sku')
                if not vs: raise Bad('empty sku')
                q = g(row, 'quantity_available')
                if not INT.match(q): raise Bad('bad quantity_available')
                q = int(q)
                if q < 0: raise Bad('negative quantity_available')
                lt = g(row, 'lead_time_days')
                if lt and not INT.match(lt): raise Bad('bad lead_time_days')
                cost, mp, pr, ms = (money(g(row, c), c) for c in ('cost', 'map_price', 'price', 'msrp'))
                cond = g(row, 'condition').lower()
                if cond and cond not in ('new', 'used', 'refurb'): raise Bad('bad condition')
            except Bad as e:
                rej.writerow([n, str(e)]); continue
            sku = skumap.get(vs, vs); up = g(row, 'updated_at')
            rows.append((sku, vs, vid, q, int(lt) if lt else '', m2(cost), m2(mp), m2(pr), m2(ms), cond, g(row, 'brand'), g(row, 'title'), up))
            if cost is not None:
                k = (q <= 0, cost, vid); b = best.get(sku)
                if b is None or k < b[0]: best[sku] = (k, q, mp, up)
    rows.sort(key=lambda r: r[0])
    with open(os.path.join(vdir, 'normalized.csv'), 'w', newline='', encoding='utf-8') as f:
        w = csv.writer(f, lineterminator='\n'); w.writerow(CANON); w.writerows(rows)
with open(os.path.join(out, 'merged_inventory.csv'), 'w', newline='', encoding='utf-8') as f:
    w = csv.writer(f, lineterminator='\n'); w.writerow(['sku', 'quantity_available', 'price', 'vendor_id', 'updated_at'])
    for sku in sorted(best):
        (_, cost, vid), q, mp, up = best[sku]
        p = max(((cost + SHIP) * MARK).quantize(C, ROUND_HALF_UP), MINP)
        if mp is not None and mp > p: p = mp.quantize(C, ROUND_HALF_UP)
        w.writerow([sku, q, p, vid, up])
