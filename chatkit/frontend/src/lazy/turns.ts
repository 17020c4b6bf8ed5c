/** What goes with an answer: its other versions, its question asked anew, what may be asked next. */
export { Turns } from "../turns/turns";
