/** Finds the raw feeds in a folder: one per subfolder, and one per name among the files directly in it. */
import fs from 'node:fs';
import path from 'node:path';
import { ID_PATTERN } from '../../../core/config/schema.ts';
import { whyNotAFeed } from '../../../core/pipeline/fetch/not-a-feed.ts';
import { attempt } from '../../../stores/embedded/file-errors.ts';
import { newestFile } from '../../host/inputs.ts';

export interface RawFeed {
  /** The vendor's id, made from the name of the folder or the file. */
  id: string;
  file: string;
  /** True if `--input` finds it, because its folder is named like the id. */
  isInOwnFolder: boolean;
  /** Names of feeds beside it in its folder. */
  others: string[];
}

/** A folder or a file that is no vendor, and why. */
export interface LeftOut {
  name: string;
  why: string;
}

export interface RawFeeds {
  feeds: RawFeed[];
  leftOut: LeftOut[];
}

/** In the order of ids. */
export function rawFeeds(folder: string): RawFeeds {
  const entries = attempt(`list ${folder}`, () => fs.readdirSync(folder, { withFileTypes: true }));
  const found = new Map<string, RawFeed>();
  const leftOut: LeftOut[] = [];
  const names = entries.filter(({ name }) => whyNotAFeed(name) === null).sort((a, b) => (a.name < b.name ? -1 : 1));
  const isFolder = (name: string) =>
    fs.statSync(path.join(folder, name), { throwIfNoEntry: false })?.isDirectory() === true;
  const [folders, files] = [names.filter((one) => isFolder(one.name)), names.filter((one) => !isFolder(one.name))];
  for (const { name } of folders) {
    const file = newestFile(path.join(folder, name), { isFeed: (one) => whyNotAFeed(one) === null });
    const id = idOf(name);
    const why = file === null ? 'it has no feed' : whyNoId(id, found);
    if (file === null || id === null || why !== null) leftOut.push({ name, why: why ?? NO_ID });
    else found.set(id, { id, file, isInOwnFolder: id === name, others: feedsBeside(file) });
  }
  for (const [id, own] of byId(files.map(({ name }) => name))) {
    const [first = ''] = own;
    const why = whyNoId(id, found);
    if (id === null || why !== null) leftOut.push(...own.map((name) => ({ name, why: why ?? NO_ID })));
    else found.set(id, { id, file: newest(folder, own) ?? path.join(folder, first), isInOwnFolder: false, others: [] });
  }
  return { feeds: [...found.values()].sort((a, b) => (a.id < b.id ? -1 : 1)), leftOut };
}

function feedsBeside(file: string): string[] {
  const folder = path.dirname(file);
  const entries = attempt(`list ${folder}`, () => fs.readdirSync(folder, { withFileTypes: true }));
  return entries
    .filter((one) => one.isFile() && one.name !== path.basename(file) && whyNotAFeed(one.name) === null)
    .map(({ name }) => name)
    .sort();
}

const NO_ID = 'no vendor id can be made of its name: letters, digits, "_" and "-"';
const ID_CHARS = 40;
/** Endings of feeds; several may follow each other. */
const ENDINGS = /(\.(csv|tsv|txt|tab|psv|dat|xlsx?|xlsm|ods|jsonl?|xml|gz|gzip|zip))+$/i;
/** The date of a delivery at the end of a name, with or without a time, and the number of a copy. */
const DELIVERY =
  /([-_ .(]*(\d{4}[-_.]?\d{2}[-_.]?\d{2}|\d{2}[-_.]\d{2}[-_.]\d{4})([T_ -]?\d{2}[-_.:h]?\d{2}([-_.:]?\d{2})?)?\)?|[ _-]*\(\d+\))$/;

/** `Größe & Co` is `Grosse-Co`; null if nothing is left. */
function idOf(name: string): string | null {
  if (ID_PATTERN.test(name)) return name;
  const plain = name
    .replaceAll('ß', 'ss')
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '');
  const id = plain
    .replace(/[^A-Za-z0-9_]+/g, '-')
    .replace(/^[-_]+|[-_]+$/g, '')
    .slice(0, ID_CHARS);
  return ID_PATTERN.test(id) ? id : null;
}

function whyNoId(id: string | null, found: ReadonlyMap<string, RawFeed>): string | null {
  if (id === null) return NO_ID;
  return found.has(id) ? `another one gives the vendor "${id}" already` : null;
}

/** Groups files by vendor: names that differ only in their date belong together. */
function byId(names: readonly string[]): Map<string | null, string[]> {
  const groups = new Map<string | null, string[]>();
  for (const name of names) {
    const stem = name.replace(ENDINGS, '');
    const id = idOf(stem.replace(DELIVERY, '') || stem);
    groups.set(id, [...(groups.get(id) ?? []), name]);
  }
  return groups;
}

/** By time, then by name. */
function newest(folder: string, names: readonly string[]): string | null {
  let best: { file: string; time: number } | null = null;
  for (const name of names) {
    const file = path.join(folder, name);
    const time = fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (best === null || time >= best.time) best = { file, time };
  }
  return best?.file ?? null;
}
