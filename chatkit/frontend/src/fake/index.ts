/** `chatkit-testing.js`, a module of its own: no page of a site loads it. */
export { fakeBackend } from "./backend";
