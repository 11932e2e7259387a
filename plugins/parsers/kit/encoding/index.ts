/** What other folders use of encodings: names, strict decoding, and the choice of one. */

export {
  chooseEncoding,
  DEFAULT_CANDIDATES,
  type EncodingChoice,
  type EncodingRule,
  encodingReason,
} from './choice.ts';
export { bomOf, decodeToUtf8 } from './decode.ts';
export { feedText } from './feed-text.ts';
export { ENCODING_NAMES, ENCODINGS, type EncodingInfo, encodingInfo, resolveEncoding } from './names.ts';
export { secondOpinion } from './second-opinion.ts';
export { EncodingWatch } from './watch.ts';
