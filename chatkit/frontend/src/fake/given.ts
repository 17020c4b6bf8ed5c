/** What a script of a test says is taken at its word: the element must do with what is of another shape, too. */
export const asGiven = <T>(value: unknown): T => value as T;
