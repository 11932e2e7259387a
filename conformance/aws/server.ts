/**
 * S3, SQS and access to DynamoDB as one process, with a clock that stands still until it is moved, or that runs. Its
 * arguments: DynamoDB's port, and `still` or `running`. It prints its address as a line of JSON.
 */
import { Front } from './front.ts';

/** The keys with which clients sign. */
export const KEYS = { accessKeyId: 'RELAYTEST', secretAccessKey: 'relay-test-secret' };

const RealDate = Date;
const started = RealDate.now();
let advancedMs = 0;

/** Sets the time for everything in this process. */
function setClock(running: boolean): void {
  const now = () => (running ? RealDate.now() : started) + advancedMs;
  globalThis.Date = class extends RealDate {
    constructor(...values: []) {
      super(...((values.length === 0 ? [now()] : values) as []));
    }
    static override now = now;
  } as DateConstructor;
}

if (process.argv[1] === import.meta.filename) {
  const [dynamodbPort, clock] = process.argv.slice(2);
  setClock(clock === 'running');
  const { startFauxqs } = await import('fauxqs');
  const fauxqs = await startFauxqs({ port: 0, logger: false });
  const front = new Front({
    ports: { dynamodb: Number(dynamodbPort), other: fauxqs.port },
    keys: KEYS,
    now: () => Date.now(),
  });
  const port = await front.listen();
  process.stdout.write(`${JSON.stringify({ port, now: Date.now() })}\n`);
  // the parent's orders, one line of JSON each; each is answered by a line
  let rest = '';
  process.stdin.on('data', (data) => {
    rest += data;
    const lines = rest.split('\n');
    rest = lines.pop()!;
    for (const line of lines) {
      const order = JSON.parse(line) as { advance?: number; faults?: Front['faults'] };
      if (order.advance !== undefined) advancedMs += order.advance * 1000;
      if (order.faults !== undefined) front.faults = order.faults;
      process.stdout.write(`${JSON.stringify({ now: Date.now(), seen: front.seen.splice(0), held: front.held })}\n`);
    }
  });
  // the parent has ended
  process.stdin.on('end', () => process.exit(0));
}
