/** What can go wrong in a history. */
/** Tests of one promise ask for some kinds alone. */
export const TROUBLES = [
  ...([
    'slow',
    'late_answer',
    'fail_before',
    'fail_after',
    'late_effect',
    'twice',
    'stall',
    'overtake',
    'kill',
    'stop',
  ] as const),
  ...(['outage', 'clock_forward', 'clock_back', 'new_feed', 'cancel', 'duplicate', 'redeliver'] as const),
] as const;
export type Trouble = (typeof TROUBLES)[number];

export const STORES = ['artifacts', 'runs', 'queue', 'tenants'] as const;
/** Calls that can be away alone. */
export const PARTS = ['queue.extend', 'queue.send', 'queue.delete', 'runs.renew', 'runs.claim'];
