/** `relay dlq`: lists, shows, replays and discards dead letters. */
import { randomUUID, webcrypto } from 'node:crypto';
import { type CreateRunDeps, createRun } from '../../api/endpoints/runs/create-run.ts';
import { ApiError } from '../../api/http/errors.ts';
import { RelayError } from '../../core/errors.ts';
import type { DeadLetter, JobMessage } from '../../core/ports/service/jobs.ts';
import type { RunRecord } from '../../core/ports/service/runs.ts';
import { printJson } from '../failure.ts';
import { EXIT, type Io } from '../io.ts';
import {
  DLQ_DISCARD,
  DLQ_LIST,
  DLQ_REPLAY,
  DLQ_SHOW,
  LETTERS_DEFAULT,
  LETTERS_MAX,
} from '../manual/upkeep-commands.ts';
import { jsonLogger } from '../service/log.ts';
import type { ServiceStores } from '../service/stores.ts';
import { useStores } from '../service/use-stores.ts';
import { readArgs, refuseExtra, UsageError, wholeNumberOf } from '../usage.ts';

/** The most characters shown of a body that is not a job. */
const BODY_CHARS = 60;

export interface DlqContext {
  stores: ServiceStores;
  io: Io;
  json: boolean;
}

type LetterAction = (context: DlqContext, letter: DeadLetter) => Promise<void>;

/** The actions on one letter, by name. */
export const LETTER_ACTIONS: Readonly<Record<'show' | 'replay' | 'discard', LetterAction>> = { show, replay, discard };

export async function dlqList(argv: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = readArgs(argv, DLQ_LIST.options);
  const limit = wholeNumberOf('--limit', values.limit ?? `${LETTERS_DEFAULT}`, { min: 1, max: LETTERS_MAX });
  refuseExtra(positionals);
  await useStores(io, (stores) => list({ stores, io, json: values.json }, limit));
  return EXIT.ok;
}

/** A command for one letter: `relay dlq show ID` and the like. */
function letterCommand(name: keyof typeof LETTER_ACTIONS, options: typeof DLQ_SHOW.options) {
  return async (argv: readonly string[], io: Io): Promise<number> => {
    const { values, positionals } = readArgs(argv, options);
    const [id, ...extra] = positionals;
    if (id === undefined) throw new UsageError(`relay dlq ${name} takes the id of a dead letter`);
    refuseExtra(extra);
    await useStores(io, async (stores) => {
      await LETTER_ACTIONS[name]({ stores, io, json: values.json }, await findLetter(stores, id));
    });
    return EXIT.ok;
  };
}

export const dlqShow = letterCommand('show', DLQ_SHOW.options);
export const dlqReplay = letterCommand('replay', DLQ_REPLAY.options);
export const dlqDiscard = letterCommand('discard', DLQ_DISCARD.options);

async function findLetter(stores: ServiceStores, id: string): Promise<DeadLetter> {
  const letter = await stores.queue.deadLetters.get(id);
  if (letter === null) throw new RelayError('not_found', `there is no dead letter ${id}; see "relay dlq list"`);
  return letter;
}

async function list({ stores, io, json }: DlqContext, limit: number): Promise<void> {
  const letters = await stores.queue.deadLetters.list(limit);
  if (json) return printJson(io, { dead_letters: letters.map(viewOf) });
  if (letters.length === 0) io.stderr('There are no dead letters.\n');
  for (const letter of letters) {
    const { job, body } = letter;
    const what =
      job === null ? `not a job: ${JSON.stringify(body.slice(0, BODY_CHARS))}` : `${job.tenant_id}  ${job.run_id}`;
    io.stdout(`${letter.messageId}  ${timeOf(letter)}  ${what}\n`);
  }
}

async function show({ stores, io, json }: DlqContext, letter: DeadLetter): Promise<void> {
  const run = letter.job === null ? null : await stores.runs.get(letter.job.run_id);
  if (json) return printJson(io, { ...viewOf(letter), run: run === null ? null : letterRunView(run) });
  io.stdout(`message   ${letter.messageId}, sent ${timeOf(letter)}, received ${letter.receiveCount} times\n`);
  if (letter.job === null) return io.stdout(`body      not a job: ${JSON.stringify(letter.body)}\n`);
  io.stdout(`job       ${jobText(letter.job)}\n`);
  io.stdout(`run       ${run === null ? 'there is no such run' : runText(run)}\n`);
}

async function replay({ stores, io, json }: DlqContext, letter: DeadLetter): Promise<void> {
  const { job, messageId } = letter;
  if (job === null) {
    throw new RelayError('not_a_job', `dead letter ${messageId} is not a job and cannot be replayed; discard it`);
  }
  const run = await createReplacement(stores, io, job, messageId);
  const deleted = await stores.queue.deadLetters.delete(messageId);
  const queued = `${run.runId} is queued in place of ${job.run_id}`;
  if (json && deleted) return printJson(io, { message_id: messageId, run_id: run.runId, replaces: job.run_id });
  if (!json) io.stdout(`${queued}\n`);
  // one document only: here an error, which names the new run
  if (!deleted) throw stillThere(messageId, json ? `; ${queued}` : '');
}

async function discard({ stores, io, json }: DlqContext, { messageId }: DeadLetter): Promise<void> {
  if (!(await stores.queue.deadLetters.delete(messageId))) throw stillThere(messageId);
  if (json) return printJson(io, { message_id: messageId, discarded: true });
  io.stdout(`${messageId} is discarded\n`);
}

/** Another reader has deleted the letter in the meantime, or is reading it, which hides it for a while on SQS. */
function stillThere(messageId: string, also = ''): RelayError {
  const message = `dead letter ${messageId} could not be deleted: another command is looking at it, or it is gone; see "relay dlq list" in five minutes, and discard it if it is still there${also}`;
  return new RelayError('store_busy', message, { recovery: 'retry' });
}

/** Creates a run as the API does. Replaying a letter again finds the run that was created first. */
async function createReplacement(
  stores: ServiceStores,
  io: Io,
  job: JobMessage,
  messageId: string,
): Promise<RunRecord> {
  const before = await stores.runs.get(job.run_id);
  const body = {
    tenant_id: job.tenant_id,
    run_type: 'inventory_sync' as const,
    vendors: job.vendors,
    ...(before?.force === true ? { force: true, reason: before.forceReason ?? 'replayed' } : {}),
  };
  const deps: CreateRunDeps = {
    tenants: stores.tenants,
    runs: stores.runs,
    queue: stores.queue,
    settings: { idempotencySeconds: 24 * 3600 },
    now: () => Date.now(),
    crypto: webcrypto as unknown as CreateRunDeps['crypto'],
    log: jsonLogger(io),
  };
  try {
    return await createRun(deps, {
      principal: { kind: 'admin', keyId: 'dlq' },
      body,
      idempotencyKey: `dead-letter/${messageId}`,
      requestId: randomUUID(),
    });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const active = error.details.extra?.active_run_id;
    const more = active === undefined ? '' : `: ${active}; wait for it, or cancel it`;
    throw new RelayError(error.code, `${error.message}${more}`, { cause: error });
  }
}

function viewOf({ messageId, sentAt, receiveCount, job, body }: DeadLetter) {
  return { message_id: messageId, sent_at: new Date(sentAt).toISOString(), receive_count: receiveCount, job, body };
}

function letterRunView({ runId, status, stage, errorCode, errorMessage, attempt }: RunRecord) {
  return { run_id: runId, status, stage, error_code: errorCode, error_message: errorMessage, attempt };
}

function jobText({ run_id, tenant_id, vendors, config_version }: JobMessage): string {
  const which = vendors.length === 0 ? 'all vendors' : `vendors ${vendors.join(', ')}`;
  return `run ${run_id} of tenant ${tenant_id}, ${which}, config version ${config_version}`;
}

function runText({ status, errorCode, errorMessage, attempt }: RunRecord): string {
  const why = errorCode === null ? '' : `, ${errorCode}: ${errorMessage ?? ''}`;
  return `${status} after ${attempt} ${attempt === 1 ? 'attempt' : 'attempts'}${why}`;
}

const timeOf = ({ sentAt }: DeadLetter) => new Date(sentAt).toISOString();
