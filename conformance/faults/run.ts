/**
 * `npm run test:faults [-- --seconds N --seed N --histories N]`: histories of the simulation, faults of each store call on both
 * families of stores, and workers that are killed. Prints its figures; ends with 1 if a promise was broken.
 */
import { parseArgs } from 'node:util';
import { hasJava, startDynamo } from '../aws/dynamodb-local.ts';
import { startServer } from '../aws/servers.ts';
import { loadHunt } from '../simulation/compiled-hunt.ts';
import { crashWorkers } from './crash.ts';
import { enumerateFaults } from './enumerate.ts';
import { awsFamily, embeddedFamily, type Family } from './family.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    histories: { type: 'string', default: '1000000' },
  },
});
const [seconds, seed, histories] = [Number(values.seconds), Number(values.seed), Number(values.histories)];
/** Shares of the time: the simulation, and enumeration and crashes for each family. */
const SHARES = { simulation: 0.3, enumerate: 0.15, crash: 0.2 };
/** Keeps the seeds of histories apart from those of other runs. */
const SEED_STEP = 1_000_000;
/** The kinds of histories, used in turn. */
const KINDS: ReadonlyArray<{ publishing?: boolean; simulating?: boolean; places?: number }> = [
  {},
  { publishing: true },
  { simulating: true },
  { simulating: true, places: 2 },
];
const PAIRS = 1000;
const SHRINK_TRIES = 300;

const findings: string[] = [];
const say = (line: string) => process.stdout.write(`${line}\n`);

async function simulate(): Promise<void> {
  const { hunt, shrunk } = await loadHunt();
  const began = performance.now();
  const first = seed * SEED_STEP;
  let count = 0;
  while (count < histories && performance.now() - began < seconds * SHARES.simulation * 1000) {
    const kind = KINDS[count % KINDS.length] ?? {};
    const { found } = await hunt(first + count, 1, kind);
    count++;
    if (found === null) continue;
    const small = await shrunk(found, kind, SHRINK_TRIES);
    findings.push(
      `seed ${found.seed} ${JSON.stringify(kind)}: ${found.result.broken.join('; ')}\n  ${small.trace.join('\n  ')}`,
    );
  }
  const minutes = (performance.now() - began) / 60_000;
  say(`simulation: ${count} histories, ${Math.round(count / minutes)} a minute`);
}

async function breakFamily(name: string, still: Family, running: Family): Promise<void> {
  for (const publishing of [false, true]) {
    const enumerated = await enumerateFaults(still, {
      ...{ seed, share: 1, pairs: PAIRS, secondsMax: (seconds * SHARES.enumerate) / 2, publishing },
    });
    const { calls, faults } = enumerated;
    const kind = publishing ? 'runs that are compared' : 'runs';
    say(`${name}: ${faults} faults in ${kind} of ${calls} store calls, singly and in pairs`);
    findings.push(...enumerated.findings);
  }
  const crashes = await crashWorkers(running, { seed, seconds: seconds * SHARES.crash, tenants: 4, rows: 20_000 });
  const { runs, kills, terms, stops } = crashes;
  say(`${name}: ${kills} SIGKILL, ${terms} SIGTERM, ${stops} SIGSTOP past the lease in ${runs} runs`);
  findings.push(...crashes.findings.map((one) => `${name}: ${one}`));
}

async function breakAws(): Promise<void> {
  if (!hasJava()) {
    say('AWS: skipped, there is no Java runtime');
    return;
  }
  const dynamo = await startDynamo();
  const [still, running] = [await startServer(dynamo.port, 'still'), await startServer(dynamo.port, 'running')];
  try {
    await breakFamily('AWS', awsFamily(still), awsFamily(running));
  } finally {
    await Promise.all([still.stop(), running.stop()]);
    await dynamo.stop();
  }
}

await simulate();
await breakFamily('embedded', embeddedFamily('still'), embeddedFamily('running'));
await breakAws();
for (const finding of findings) say(`!! ${finding}`);
say(`findings: ${findings.length} (seed ${seed})`);
process.exitCode = findings.length === 0 ? 0 : 1;
