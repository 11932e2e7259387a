/** `npm run readings`: writes the lists in `said/` anew. Read what changed in them before you commit it. */
import fs from 'node:fs';
import { LISTS, listFile } from './said.ts';

for (const [name, { count, lineOf }] of Object.entries(LISTS)) {
  const lines: string[] = [];
  for (let number = 0; number < count; number++) lines.push(await lineOf(number));
  fs.writeFileSync(listFile(name), `${lines.join('\n')}\n`);
}
