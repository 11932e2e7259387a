/** What other folders use of encodings: names, strict decoding, and the choice of one. */

export {
  chooseEncoding,
  DEFAULT_CANDIDATES,
  type EncodingChoice,
  type EncodingRule,
  encodingReason,
} from './choice/choice.ts';
export { secondOpinion } from './choice/second-opinion.ts';
export { bomOf, decodeToUtf8 } from './decode/decode.ts';
export { EncodingWatch } from './doubts/watch.ts';
export { feedText } from './feed-text.ts';
export { ENCODING_NAMES, ENCODINGS, type EncodingInfo, encodingInfo, resolveEncoding } from './names.ts';
