/** The results of a benchmark: their file, medians, and the comparison with an earlier run. */

export interface ToolRun {
  /** Seconds. */
  wall: number;
  /** User and system seconds. */
  cpu: number;
  /** Peak resident set, in MB of 10^6 bytes. */
  peak: number;
}

/** The name of Relay's runs with all publishing features, beside those without. */
export const PUBLISHING = 'publishing';

export interface BenchResults {
  size: string;
  commit: string;
  machine: string;
  rounds: number;
  /** Runs in the order of the rounds, by tool; `relay` is one of them. */
  tools: Record<string, ToolRun[]>;
  /** Seconds of each stage of Relay's runs. */
  stages: Record<string, number[]>;
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Medians, the spread of the wall times, and Relay's ratio to each other tool, taken round by round. */
export function resultLines({ size, commit, machine, rounds, tools, stages }: BenchResults): string[] {
  const { relay = [], [PUBLISHING]: publishing = [], ...others } = tools;
  const lines = [`${size}, commit ${commit}, medians of ${rounds}, ${machine}`];
  for (const [name, runs] of Object.entries(tools)) {
    const walls = runs.map(({ wall }) => wall);
    const spread = `${Math.min(...walls).toFixed(2)} to ${Math.max(...walls).toFixed(2)}`;
    const cpu = median(runs.map((one) => one.cpu));
    lines.push(
      `${name.padEnd(10)} ${median(walls).toFixed(2)} s (${spread}), CPU ${cpu.toFixed(2)} s, ${median(runs.map(({ peak }) => peak)).toFixed(0)} MB`,
    );
  }
  for (const [name, runs] of Object.entries(others)) {
    const faster = median(runs.map(({ wall }, i) => wall / (relay[i]?.wall ?? Number.NaN)));
    const memory = median(runs.map(({ peak }, i) => (relay[i]?.peak ?? Number.NaN) / peak));
    lines.push(`against ${name}: ${faster.toFixed(2)} times as fast, ${memory.toFixed(2)} times the memory`);
  }
  if (publishing.length > 0) lines.push(publishingLine(relay, publishing));
  const shown = Object.entries(stages).map(([stage, seconds]) => `${stage} ${median(seconds).toFixed(2)}`);
  if (shown.length > 0) lines.push(`stages, in seconds: ${shown.join(', ')}`);
  return lines;
}

/** The cost of publishing, by pairs of a run with it and the run without it just before. */
function publishingLine(without: readonly ToolRun[], publishing: readonly ToolRun[]): string {
  const pairs = publishing.map((one, i) => ({
    one,
    other: without[i] ?? { wall: Number.NaN, cpu: Number.NaN, peak: Number.NaN },
  }));
  const ratios = pairs.map(({ one, other }) => one.cpu / other.cpu);
  const spread = `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`;
  const walls = median(pairs.map(({ one, other }) => one.wall / other.wall)).toFixed(2);
  const memory = median(pairs.map(({ one, other }) => one.peak - other.peak)).toFixed(0);
  return `publishing: ${median(ratios).toFixed(2)} times the CPU (${spread}), ${walls} times the time, ${memory} MB more`;
}

/**
 * Compares with an earlier run. The machine may have been slower then, so Relay's time is taken relative to another tool that
 * both runs measured, if there is one.
 */
export function comparisonLines(now: BenchResults, before: BenchResults): string[] {
  if (now.size !== before.size) return [`not compared: the earlier run measured ${before.size}`];
  const lines = [`compared with commit ${before.commit}`];
  const at = (results: BenchResults, tool: string, what: keyof ToolRun) =>
    median((results.tools[tool] ?? []).map((one) => one[what]));
  for (const what of ['wall', 'cpu', 'peak'] as const)
    lines.push(`relay ${what}: ${change(at(now, 'relay', what), at(before, 'relay', what))}`);
  for (const tool of Object.keys(now.tools)) {
    if (tool === 'relay' || before.tools[tool] === undefined) continue;
    const share = (results: BenchResults) => at(results, 'relay', 'wall') / at(results, tool, 'wall');
    lines.push(`relay wall relative to ${tool}: ${change(share(now), share(before))}`);
  }
  return lines;
}

function change(now: number, before: number): string {
  return `${now.toFixed(2)} after ${before.toFixed(2)}, ${(now / before).toFixed(2)} times`;
}
