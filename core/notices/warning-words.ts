/** How a warning is put in words. */
export interface WarningWords {
  /**
   * What follows the code in a warning, as names with colons between. `vendor`, `number` and `examples` have a meaning;
   * other names are free and occur in `seen`. The last one takes all that is left.
   */
  readonly form: string;
  /**
   * What was seen, as a clause: a second one or examples may follow. `{column}` stands for that part of the warning;
   * `{number|row has|rows have}` for the number, with the first words if it is one and the second if not.
   */
  readonly seen: string;
  /** What has all of them, where there are more warnings of this code than a notice words; absent for the list of warnings. */
  readonly all?: string;
  readonly means: string;
  readonly do: string;
}
