/**
 * What test files get as `fast-check`. A property that fails is shrunk for at most five minutes: shrinking large inputs can take
 * half an hour, and gives little more. A property that takes so long without failing is a failure, never fewer cases.
 */
import fc from 'fast-check';

fc.configureGlobal({ interruptAfterTimeLimit: 300_000, markInterruptAsFailure: true });

export * from 'fast-check';
export default fc;
