/** `on_trouble` of a vendor in a tenant config: what a run does without its feed. */
import { z } from 'zod';
import { late } from './late.ts';

const TROUBLE_ACTIONS = ['fail', 'leave_out', 'carry_over'] as const;
export type TroubleAction = (typeof TROUBLE_ACTIONS)[number];

export const onTrouble = late(() =>
  z.strictObject({
    missing: z
      .enum(TROUBLE_ACTIONS)
      .optional()
      .describe(
        'There is no file. `fail`: the run fails. `leave_out`: it goes on without the vendor. `carry_over`: the file that the vendor gave to the last published run is read again, with the config of today; if there is none, as without this field. Absent: as `required` and `error_policy` say.',
      ),
    unreadable: z
      .enum(TROUBLE_ACTIONS)
      .optional()
      .describe(
        'The feed as a whole cannot be read: `DECODE_ERROR`, `invalid_input`, `missing_required_columns`, `ambiguous_column`, `INPUT_TOO_LARGE`. Absent: the run fails, unless `fail_on_missing_required_columns` is false and columns are missing.',
      ),
    stale: z
      .enum(TROUBLE_ACTIONS)
      .optional()
      .describe(
        'The feed is older than `guardrails.stale_after_hours`. Absent: it is read, and the guardrail judges it.',
      ),
    too_many_invalid: z
      .enum(TROUBLE_ACTIONS)
      .optional()
      .describe('More of the vendor’s rows are invalid than its own `error_policy` allows. Absent: the run fails.'),
    carry_over_max_hours: z
      .number()
      .positive()
      .default(72)
      .describe(
        'Greatest age in hours of a file that is carried over, at the run’s clock. An older one fails the run, unless `carry_over_then` says otherwise.',
      ),
    carry_over_then: z
      .enum(['fail', 'leave_out'])
      .default('fail')
      .describe(
        'What follows once the file to carry over is older than `carry_over_max_hours`, also for a vendor with `required: false`.',
      ),
  }),
);
