/** `npm run readings`: writes the lists in `said/` anew. Read what changed in them before you commit it. */
import fs from 'node:fs';
import { LISTS, listFile, saidLine } from './said.ts';

for (const [name, list] of Object.entries(LISTS)) {
  const lines: string[] = [];
  for (let number = 0; number < list.count; number++) lines.push(await saidLine(list, number));
  fs.writeFileSync(listFile(name), `${lines.join('\n')}\n`);
}
