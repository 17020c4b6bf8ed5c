/** The menus of the composer. Fetched when a person first writes a sign, or a text has tags. */
export type { Kit } from "../suggest/kit";
export { Suggest } from "../suggest/suggest";
