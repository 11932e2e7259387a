/** The rules about imports, over any graph of files, so that tests can also try them on invented ones. */
import type { Rooms } from './rooms.ts';

/** The files that each file imports. Type imports count, since a reader follows them too. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

/** Groups of files that import each other, directly or through others (Tarjan's strongly connected components). */
export function cycles(graph: ImportGraph): string[][] {
  const found: string[][] = [];
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const visit = (file: string): number => {
    const own = index.size;
    index.set(file, own);
    low.set(file, own);
    stack.push(file);
    for (const target of graph.get(file) ?? []) {
      if (!index.has(target)) low.set(file, Math.min(low.get(file)!, visit(target)));
      else if (stack.includes(target)) low.set(file, Math.min(low.get(file)!, index.get(target)!));
    }
    if (low.get(file) === own) {
      const group = stack.splice(stack.indexOf(file));
      if (group.length > 1 || graph.get(file)?.includes(file)) found.push(group.sort());
    }
    return low.get(file)!;
  };
  for (const file of graph.keys()) if (!index.has(file)) visit(file);
  return found;
}

/**
 * Imports from a room below the file's own, from a peer, or to and from files without a room, as `file > target`.
 * Tests may also import any `testing` folder of their own top folder.
 */
export function wrongWay(graph: ImportGraph, rooms: Rooms): string[] {
  const wrong: string[] = [];
  const peers = rooms.filter((entry) => typeof entry !== 'string');
  for (const [file, targets] of graph) {
    const from = roomOf(file, rooms);
    for (const target of targets) {
      const to = roomOf(target, rooms);
      const isOwnHelper = isTest(file) && isHelper(target) && topOf(file) === topOf(target);
      const isAbove = from !== null && to !== null && (to.name === from.name || to.rank < from.rank);
      const isPeer = peers.some((names) => areApart(file, target, names));
      if (!(isAbove && !isPeer) && !isOwnHelper) wrong.push(`${file} > ${target}`);
    }
  }
  return wrong;
}

/** Whether two files are below two of the names: rooms of their own inside do not bring peers together. */
function areApart(file: string, target: string, names: readonly string[]): boolean {
  const [from, to] = [file, target].map((path) => names.find((name) => path.startsWith(`${name}/`)));
  return from !== undefined && to !== undefined && from !== to;
}

/** The longest entry that names the file or a folder around it, with its place in the order. */
export function roomOf(file: string, rooms: Rooms): { name: string; rank: number } | null {
  const around = rooms
    .flatMap((entry, rank) => [entry].flat().map((name) => ({ name, rank })))
    .filter(({ name }) => file === name || file.startsWith(`${name}/`));
  return around.sort((a, b) => b.name.length - a.name.length)[0] ?? null;
}

export function isTest(file: string): boolean {
  return /\.(package-|long-)?test\.ts$/.test(file);
}

/** A file that only tests import. */
export function isHelper(file: string): boolean {
  return file.includes('/testing/');
}

export function topOf(file: string): string {
  return file.slice(0, file.indexOf('/'));
}
