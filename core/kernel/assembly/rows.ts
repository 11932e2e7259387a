/**
 * Turns records into canonical rows: `normalize/normalizer.ts` and `normalize/row-writer.ts` for rows that are ordinary in every
 * respect. It writes the same lines, entries and keys into the arrays of the same `Segment`.
 *
 * A row is either taken whole or not touched. All is read and checked first; only then is it written. At the first record
 * that is not ordinary the loop ends, and the caller reads that one: with its reports, examples and warnings. Rows that are
 * valid but must be looked at again, such as one whose SKU may be a date, are listed in `NOTES`.
 *
 * `Segment.hasRoom`, asked as `hasRoom` here, bounds all writes of a row.
 */

import { append } from './append.ts';
import { acceptRow, keepsRow } from './caller.ts';
import { EMPTY, locate, useFields } from './cells.ts';
import { place, setState, setWord, state, word } from './memory.ts';
import {
  FAULT_FILTERED_OUT,
  FAULT_NONE,
  N_MSRP,
  N_QUANTITY,
  N_UPDATED_AT,
  NOTE_ODD_SHIFT,
  NOTES,
  NUMBERS,
  S_ANY_SHIFT,
  S_CLEAR_FORMS,
  S_COLUMNS,
  S_EMPTY_QUANTITIES,
  S_EXAMPLES,
  S_FAULT,
  S_FIELD_END,
  S_FIELD_START,
  S_FIELD_STYLE,
  S_FIRST_FIELD,
  S_FROM,
  S_HAS_CHECKS,
  S_HAS_FILTERS,
  S_LINE,
  S_MAPPED_ROWS,
  S_NOTES,
  S_OTHER_FORMS,
  S_RECORDS,
  S_ROW_CONDITION,
  S_ROW_IS_MAPPED,
  S_ROW_LINE,
  S_ROW_NUMBER,
  S_ROW_SKU_END,
  S_ROW_SKU_KINDS,
  S_ROW_SKU_START,
  S_ROWS,
  S_SHIFT,
  S_SKIPPED_ROWS,
  S_SKU_KINDS,
  S_TO,
  S_TOTAL_ROWS,
  S_VALID_ROWS,
  S_WIDTH,
  S_WINDOW,
} from './places.ts';
import {
  allKinds,
  clearForms,
  condition,
  countTitle,
  extrasFit,
  hasRoom,
  hasTime,
  isMapped,
  lookAtSample,
  lookAtValues,
  msrp,
  note,
  odd,
  otherForms,
  quantity,
  readNumbers,
  readRest,
  readSku,
  seconds,
  skuEnd,
  skuKinds,
  skuStart,
  useValues,
  writeValues,
} from './row.ts';

/** Takes rows from `S_FROM` on, and moves it past them. */
export function rows(): void {
  useFields(place(S_FIELD_START), place(S_FIELD_END), place(S_FIELD_STYLE), place(S_WINDOW));
  const to = state(S_TO);
  let record = state(S_FROM);
  while (record < to) {
    const fault = load<u8>(place(S_FAULT) + <usize>record);
    if (fault === FAULT_FILTERED_OUT) setState(S_RECORDS, state(S_RECORDS) + 1);
    else if (fault !== FAULT_NONE || !takeRow(record)) break;
    record++;
  }
  setState(S_FROM, record);
}

/** Takes the record as a row if it is ordinary. */
function takeRow(record: i32): bool {
  if (state(S_HAS_FILTERS) !== 0 && keepsRow(record) === 0) return leaveOut();
  const first = word(place(S_FIRST_FIELD), record);
  const fields = word(place(S_FIRST_FIELD), record + 1) - first;
  const width = state(S_WIDTH);
  if (width > 0 && fields !== width) return false;
  const line = word(place(S_LINE), record);
  const rowNumber = state(S_RECORDS) + 1;
  if (state(S_ANY_SHIFT) === 0 && line - rowNumber !== state(S_SHIFT)) return false;
  locate(first, fields, state(S_COLUMNS));
  useValues(record);
  if (!readSku() || !readNumbers() || !readRest() || !lookAtSample() || !extrasFit() || !hasRoom()) return false;
  const isAccepted = state(S_HAS_CHECKS) === 0 || isAcceptedByCaller(record, line, rowNumber);
  count(rowNumber, line);
  if (!isAccepted) return true;
  countValid();
  lookAtValues();
  countTitle();
  if ((note | odd) !== 0) addNote(record);
  append(line, rowNumber);
  return true;
}

/** Leaves a record out that filters do not keep. The caller shows the first ones. */
function leaveOut(): bool {
  const skipped = state(S_SKIPPED_ROWS);
  if (skipped < state(S_EXAMPLES)) return false;
  setState(S_SKIPPED_ROWS, skipped + 1);
  setState(S_RECORDS, state(S_RECORDS) + 1);
  return true;
}

function isAcceptedByCaller(record: i32, line: i32, rowNumber: i32): bool {
  writeValues(NUMBERS + 8 * N_QUANTITY);
  store<f64>(NUMBERS + 8 * N_MSRP, <f64>msrp);
  store<f64>(NUMBERS + 8 * N_UPDATED_AT, hasTime ? <f64>seconds : NaN);
  setState(S_ROW_CONDITION, condition);
  setState(S_ROW_NUMBER, rowNumber);
  setState(S_ROW_LINE, line);
  setState(S_ROW_SKU_START, <i32>skuStart);
  setState(S_ROW_SKU_END, <i32>skuEnd);
  setState(S_ROW_IS_MAPPED, isMapped ? 1 : 0);
  setState(S_ROW_SKU_KINDS, skuKinds);
  return acceptRow(record) !== 0;
}

function addNote(record: i32): void {
  const notes = state(S_NOTES);
  setWord(NOTES, 2 * notes, record | (odd << NOTE_ODD_SHIFT));
  setWord(NOTES, 2 * notes + 1, note | (state(S_ROWS) << 4));
  setState(S_NOTES, notes + 1);
}

function count(rowNumber: i32, line: i32): void {
  setState(S_ROW_NUMBER, rowNumber);
  setState(S_ROW_LINE, line);
  setState(S_RECORDS, rowNumber);
  setState(S_TOTAL_ROWS, state(S_TOTAL_ROWS) + 1);
  if (isMapped) setState(S_MAPPED_ROWS, state(S_MAPPED_ROWS) + 1);
  setState(S_SKU_KINDS, state(S_SKU_KINDS) | allKinds);
  setState(S_OTHER_FORMS, state(S_OTHER_FORMS) | otherForms);
}

function countValid(): void {
  setState(S_VALID_ROWS, state(S_VALID_ROWS) + 1);
  if (quantity === EMPTY) setState(S_EMPTY_QUANTITIES, state(S_EMPTY_QUANTITIES) + 1);
  setState(S_CLEAR_FORMS, state(S_CLEAR_FORMS) | clearForms);
}
