/** How the model of a language counts its letters. */

/**
 * `middle`: a letter outside ASCII given both its neighbours, for Latin script. `pair`: given the letter before it, for
 * alphabets of their own. `single`: on its own, for scripts of thousands of characters.
 */
export type LanguageKind = 'middle' | 'pair' | 'single';
