/** `npm run answers`: writes the lists in `said/` anew. Read what changed in them before you commit it. */
import fs from 'node:fs';
import { CONVERSATIONS, fileOf } from './conversations.ts';

for (const [name, hold] of Object.entries(CONVERSATIONS)) {
  fs.writeFileSync(fileOf(name), `${(await hold()).join('\n')}\n`);
}
