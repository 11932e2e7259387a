/** `npm run readings [-- NAME…]`: writes the lists in `said/` anew, or some of them. Read what changed in them before you commit it. */
import fs from 'node:fs';
import { LISTS, listFile, saidLine } from './said.ts';

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !(name in LISTS));
if (unknown !== undefined) throw new Error(`no list is called ${unknown}: ${Object.keys(LISTS).join(', ')}`);

for (const [name, list] of Object.entries(LISTS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const lines: string[] = [];
  for (let number = 0; number < list.count; number++) lines.push(await saidLine(list, number));
  fs.writeFileSync(listFile(name), `${lines.join('\n')}\n`);
}
