/** The licences of the third-party code in the built file, which must be shipped with it. */
import fs from 'node:fs';
import path from 'node:path';

export function thirdPartyNotices(root: string, packages: readonly string[]): string {
  const notices = packages.map((folder) => noticeOf(path.join(root, folder)));
  return `relay.cjs contains code of these packages.\n\n${notices.join('\n\n')}\n`;
}

function noticeOf(folder: string): string {
  const { name, version, license, author } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
  if (typeof license !== 'string') throw new Error(`${name} names no licence`);
  const file = fs.readdirSync(folder).find((one) => /^licen[cs]e(\.\w+)?$/i.test(one));
  const by = typeof author === 'string' ? author : (author?.name ?? 'its authors');
  const text = file === undefined ? `Copyright ${by}` : fs.readFileSync(path.join(folder, file), 'utf8').trim();
  return `## ${name} ${version}: ${license}\n\n${text}`;
}
