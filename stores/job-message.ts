/** Parses a queue message. Anyone with access to the queue can send one, so the body is untrusted. */
import { z } from 'zod';
import type { JobMessage } from '../core/ports/service/jobs.ts';

const schema = z.object({
  run_id: z.string().min(1),
  tenant_id: z.string().min(1),
  vendors: z.array(z.string()),
  config_version: z.int().min(1),
  simulation: z.literal(true).optional(),
});

/** Null if the body is not a job. */
export function parseJob(body: string): JobMessage | null {
  try {
    const parsed = schema.safeParse(JSON.parse(body));
    if (!parsed.success) return null;
    const { simulation, ...job } = parsed.data;
    return simulation === undefined ? job : { ...job, simulation };
  } catch {
    return null;
  }
}
