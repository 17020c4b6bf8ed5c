/** True for keys that an input method takes for itself, to compose a character or to give it up. */
export function composing(event: KeyboardEvent): boolean {
  // Safari ends the composition before it tells of the key.
  return event.isComposing || event.keyCode === 229;
}
