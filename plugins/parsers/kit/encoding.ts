/** Encodings, as the rest of Relay uses them: names, strict decoding, and choosing one. */

export { bomOf, decodeToUtf8 } from './decode.ts';
export {
  chooseEncoding,
  DEFAULT_CANDIDATES,
  type EncodingChoice,
  type EncodingRule,
  encodingReason,
} from './encoding-choice.ts';
export { ENCODING_NAMES, ENCODINGS, type EncodingInfo, encodingInfo, resolveEncoding } from './encoding-names.ts';
export { EncodingWatch } from './encoding-watch.ts';
