/** Cases that need the servers, run one after the other and counted. Without the servers each is skipped, by name. */
import type { ContractCase, Subject } from '../contracts/support.ts';
import type { AwsServer } from './servers.ts';

export interface Servers {
  /** A server whose clock stands still until a case moves it. */
  still: AwsServer;
  /** A server whose clock runs. */
  running: AwsServer;
}

export interface AwsCase {
  name: string;
  run(servers: Servers): Promise<void>;
}

export interface AwsSuite {
  name: string;
  cases: readonly AwsCase[];
}

export interface SuiteCounts {
  passed: number;
  failed: number;
  skipped: number;
}

/** The suite of a port on the AWS stores. A deviation is skipped and says why. */
export function contractSuite<S extends Subject>(
  name: string,
  cases: ReadonlyArray<ContractCase<S>>,
  make: (server: AwsServer) => Promise<S>,
): AwsSuite {
  return {
    name,
    cases: cases.map((one) => ({
      name: one.name,
      run: async ({ still }) => {
        const subject = await make(still);
        try {
          await one.run(subject);
        } finally {
          await subject.close();
        }
      },
    })),
  };
}

/** A case that takes longer has failed. */
const CASE_MS_MAX = 400_000;

export async function runSuites(
  suites: readonly AwsSuite[],
  servers: Servers | null,
  say: (line: string) => void,
): Promise<SuiteCounts> {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const suite of suites) {
    say(`${suite.name}`);
    for (const one of suite.cases) {
      if (servers === null) {
        counts.skipped++;
        say(`  skipped: ${one.name}`);
        continue;
      }
      const began = performance.now();
      const problem = await problemOf(one, servers);
      const took = `${Math.round(performance.now() - began)} ms`;
      if (problem === null) counts.passed++;
      else counts.failed++;
      say(problem === null ? `  passed: ${one.name} (${took})` : `  FAILED: ${one.name} (${took})\n${problem}`);
    }
  }
  return counts;
}

async function problemOf(one: AwsCase, servers: Servers): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`takes more than ${CASE_MS_MAX / 1000} s`)), CASE_MS_MAX);
  });
  try {
    await Promise.race([one.run(servers), late]);
    return null;
  } catch (error) {
    return error instanceof Error ? `${error.stack}\n${(error as { details?: string }).details ?? ''}` : String(error);
  } finally {
    clearTimeout(timer);
    await Promise.all([servers.still.setFaults(), servers.running.setFaults()]);
  }
}
