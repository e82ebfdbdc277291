/** How many instances of what is repeated may fail. */
export interface Budget {
  readonly most: number;
  spent: number;
}
