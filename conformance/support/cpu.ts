/**
 * The CPU time of a process and its descendants, from Linux's `/proc`. Wall-clock seconds say little on a busy machine.
 */
import fs from 'node:fs';

/** What `/proc` counts in: hundredths of a second, on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

interface ProcessTimes {
  parent: number;
  /** Its own ticks, and those of its children that have ended. */
  ticks: number;
}

function readTimes(pid: string): ProcessTimes | null {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
    // the second field is a name that may have spaces and brackets
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [user, system, childUser, childSystem] = fields.slice(11, 15).map(Number);
    return { parent: Number(fields[1]), ticks: (user ?? 0) + (system ?? 0) + (childUser ?? 0) + (childSystem ?? 0) };
  } catch {
    return null; // it has ended since it was listed
  }
}

/** Seconds of CPU that a process, its living descendants and its ended children have used; null where there is no `/proc`. */
export function cpuSeconds(root: number): number | null {
  if (!fs.existsSync('/proc/self/stat')) return null;
  const times = new Map<number, ProcessTimes>();
  for (const name of fs.readdirSync('/proc')) {
    const found = /^\d+$/.test(name) ? readTimes(name) : null;
    if (found !== null) times.set(Number(name), found);
  }
  const isBelow = (pid: number): boolean => {
    const parent = times.get(pid)?.parent;
    return pid === root || (parent !== undefined && parent > 1 && isBelow(parent));
  };
  let ticks = 0;
  for (const [pid, { ticks: own }] of times) if (isBelow(pid)) ticks += own;
  return ticks / TICKS_PER_SECOND;
}
