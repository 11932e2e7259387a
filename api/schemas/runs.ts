/** Runs: what starts one, and what is known of it. */
import { z } from 'zod';
import type { Notice } from '../../core/notices/notices.ts';
import { isRunCode, RUN_CODES, STAGES } from '../../core/run-codes.ts';
import type { ApiSettings } from '../deps.ts';
import { configVersion, cursor, limit, nextCursor, reason, runId, tenantId, time } from './common.ts';

const RUN_STATUS = ['QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED'] as const;
export function runsQuery(settings: ApiSettings) {
  return z.strictObject({
    tenant_id: tenantId.describe('Only runs of this tenant.').optional(),
    status: z.enum(RUN_STATUS).optional().describe('Only runs with this status.'),
    cursor: cursor.optional(),
    limit: limit(settings).optional(),
  });
}

export const idempotencyHeaders = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 visible ASCII characters')
    .optional()
    .describe('A request repeated with the same key and body gets the same run again.'),
});

export function runBody(settings: ApiSettings) {
  return z
    .strictObject({
      tenant_id: tenantId,
      run_type: z.literal('inventory_sync').default('inventory_sync').describe('Kind of run; there is one.'),
      vendors: z
        .array(z.string().min(1).max(200))
        .max(settings.vendorsMax)
        .optional()
        .describe('Ids of the vendors to read. Absent or empty: all of them.'),
      force: z.boolean().optional().describe('Sets holds and guardrails aside. Needs a `reason`.'),
      reason: reason.optional().describe('Why they are set aside; only with `force`.'),
    })
    .refine(({ force = false, reason }) => force === (reason !== undefined), {
      path: ['reason'],
      message: 'must be given with `force: true`, and only then',
    })
    .describe('A run to start.');
}

export type RunBody = z.output<ReturnType<typeof runBody>>;
const countFields = {
  rows: z.int().describe('Rows read from the feeds.'),
  invalid: z.int().describe('Rows that were refused.'),
  merged: z.int().describe('Rows of the merged feed.'),
};

const noticeText = z.string().exactOptional();
const notice: z.ZodType<Notice, Notice> = z
  .strictObject({
    code: z.string().describe('Code of the warnings: one of docs/ERRORS.md, or of a plugin.'),
    vendor_id: noticeText.describe('Id of the vendor; absent if it is about the run as a whole.'),
    count: z.int().describe('Rows, cells or SKUs that it is about; else the number of warnings.'),
    what: z.string().describe('What was seen, with examples.'),
    examples: z
      .array(
        z.strictObject({
          vendor_id: noticeText.describe('Id of the vendor, if the notice has none.'),
          file: noticeText.describe('Name of the file.'),
          line: z.int().exactOptional().describe('Physical line, from 1.'),
          row_number: z.int().exactOptional().describe('Number of the record, if the line is not known.'),
          column: noticeText.describe('Canonical column, or the vendor’s header.'),
          cell: noticeText.describe('The cell, at most 60 characters, with control characters spelled out.'),
          note: noticeText.describe('What is beside it.'),
        }),
      )
      .describe('At most two; only in run_summary.json, empty in a run record.'),
    means: z.string().describe('What it may mean.'),
    do: z.string().describe('What to do.'),
  })
  .describe('The warnings of one code and vendor in words.');

export const runAnswer = z
  .strictObject({
    run_id: runId,
    tenant_id: tenantId,
    config_version: configVersion.describe('Version of the config that the run uses.'),
    status: z.enum(RUN_STATUS).describe('`SUCCEEDED` and `FAILED` are final.'),
    stage: z.enum(STAGES).nullable().describe('Stage that the run is in or ended in; null before the first.'),
    attempt: z.int().describe('How often a worker has taken the run; 0 before the first.'),
    cancel_requested: z.boolean().describe('Whether the run was asked to stop.'),
    progress: z
      .strictObject({
        vendors: z.int().describe('Vendors of the run.'),
        vendors_read: z.int().describe('Vendors whose feeds are read.'),
        ...countFields,
      })
      .nullable()
      .describe(
        'How far a running run was when its worker last wrote it, with its heartbeat and at each stage; null otherwise.',
      ),
    requested_at: time.describe('When the run was requested.'),
    started_at: time.nullable().describe('When a worker first took the run; null before.'),
    finished_at: time.nullable().describe('When the run ended; null before.'),
    failed_stage: z.enum(STAGES).nullable().describe('Stage in which the run failed; null unless it did.'),
    error_code: z
      .enum(Object.keys(RUN_CODES).filter(isRunCode))
      .nullable()
      .describe('Why the run failed; null unless it did. docs/ERRORS.md has cause and fix of each code.'),
    error_message: z.string().nullable().describe('`error_code` in words, with the facts; null unless the run failed.'),
    errors_artifact_key: z.string().nullable().describe('Object key of errors.json; null if there is none.'),
    error_report_key: z.string().nullable().describe('The same as `errors_artifact_key`.'),
    artifacts: z.record(z.string(), z.string()).describe('Object keys of the run’s artifacts, by name.'),
    counts: z
      .strictObject(countFields)
      .nullable()
      .describe('Rows of an ended run, as far as it came; null before, and if no worker ended it.'),
    warnings: z
      .array(z.string())
      .describe(
        'Warnings of an ended run, `code:detail`, at most 50; run_summary.json has all. docs/ERRORS.md has the codes.',
      ),
    notices: z.array(notice).describe('These warnings in words, one for each code and vendor.'),
  })
  .describe('A run.');

export const runList = z
  .strictObject({ runs: z.array(runAnswer).describe('Runs, newest first.'), next_cursor: nextCursor })
  .describe('A page of runs.');

export const artifactAddresses = z
  .record(z.string(), z.url())
  .describe('Signed addresses of a run’s artifacts, by name.');
