/**
 * What parts use of chatkit.js itself, so that they carry no second copy of it. The build gives a part these names from
 * here, whichever module it imports them from; a name that is missing here fails the build: see build.mjs.
 */
export { css, html, noChange, nothing, render, svg } from "lit";
export { Directive, directive, PartType } from "lit/directive.js";
export { repeat } from "lit/directives/repeat.js";
export { adopt } from "./adopt";
export { icon, namedIcon } from "./icons";
export { site, tab } from "./kept";
export { composing } from "./keys";
export { fetched } from "./lazy-import";
export { safeImage } from "./links";
export { markdown } from "./markdown/directive";
export { plain } from "./plain";
export { report } from "./state/host";
export { applyTheme } from "./theme";
export { sentence } from "./views/sentence";
export { named } from "./views/title";
export { ApiError, fromHost } from "./wire/api-error";
