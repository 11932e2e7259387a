/** Reads and writes words of state and small tables. */
import { NUMBERS, STATE } from './places.ts';

export function state(word: i32): i32 {
  return load<i32>(STATE + (word << 2));
}

export function setState(word: i32, value: i32): void {
  store<i32>(STATE + (word << 2), value);
}

/** A word of state that is an address. */
export function place(word: i32): usize {
  return <usize>load<u32>(STATE + (word << 2));
}

export function number(index: i32): f64 {
  return load<f64>(NUMBERS + (index << 3));
}

export function setNumber(index: i32, value: f64): void {
  store<f64>(NUMBERS + (index << 3), value);
}

/** Entry `i` of an array of 32-bit words. */
export function word(array: usize, i: i32): i32 {
  return load<i32>(array + ((<usize>i) << 2));
}

export function setWord(array: usize, i: i32, value: i32): void {
  store<i32>(array + ((<usize>i) << 2), value);
}

/** Entry `i` of a table of bytes. */
export function byte(table: usize, i: usize): u32 {
  return load<u8>(table + i);
}

export function setByte(table: usize, i: i32, value: i32): void {
  store<u8>(table + <usize>i, <u8>value);
}
