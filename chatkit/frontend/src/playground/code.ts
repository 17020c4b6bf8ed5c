/** The code to copy: settings, the template tag, JavaScript and React. */
import { javascript, python } from "./literals";
import { at, difference, isObject, type Json, merged, type Options, put } from "./options";

const GREETING = "startScreen.greeting";

export interface Site {
  /** The options of the site's chat as it is. */
  base: Options;
  /** `OPTIONS` and `ATTACHMENTS` of the settings. */
  options: Options;
  attachments: Options;
  /** What of this the workflow's entry in `WORKFLOWS` has itself: there the site's does nothing. */
  own: ("title" | "theme")[];
  workflow: string;
  /** Whether the tag must name the workflow. */
  named: boolean;
  session: string;
  texts: { beside: string; entry: string; noChanges: string };
}

/** The settings that make the site's chat the one of these options; those that stay are left out. */
export function chatkit(site: Site, options: Options): Options {
  const changes = difference(site.base, options);
  const found: Options = {};
  const entry: Options = {};
  if (changes.frameTitle !== undefined) {
    if (site.own.includes("title")) entry.title = changes.frameTitle;
    else found.TITLE = changes.frameTitle;
  }
  // A theme is given as a whole, so that what was taken away is gone.
  if (differs(site.base.theme ?? {}, options.theme ?? {})) {
    if (site.own.includes("theme")) entry.theme = options.theme ?? {};
    else found.THEME = options.theme ?? {};
  }
  if (Object.keys(entry).length) found.WORKFLOWS = { [site.workflow]: entry };
  const own = structuredClone(changes);
  const given = structuredClone(site.options);
  for (const path of ["frameTitle", "theme", "composer.attachments", "header.leftAction", "header.rightAction"]) {
    if (at(own, path) !== undefined) put(own, path, undefined);
  }
  // What a setting of its own says now is no more said in OPTIONS, which would win over it.
  for (const path of ["frameTitle", "theme", "composer.attachments"]) {
    if (differs(at(site.base, path), at(options, path))) put(given, path, undefined);
  }
  if (Object.keys(own).length || differs(given, site.options)) found.OPTIONS = merged(given, own);
  const before = at(site.base, "composer.attachments");
  const after = at(options, "composer.attachments");
  if (differs(before, after)) {
    const count = isObject(after) ? after.maxCount : undefined;
    const files: Options = { ...site.attachments, enabled: isObject(after) };
    if (count !== undefined) files.max_count = count;
    found.ATTACHMENTS = files;
  }
  return found;
}

const differs = (before: Json, after: Json): boolean => JSON.stringify(before) !== JSON.stringify(after);

export function settings(site: Site, options: Options): string {
  const found = chatkit(site, options);
  const none = !Object.keys(found).length;
  return `# ${none ? site.texts.noChanges : site.texts.beside}\nCHATKIT = ${lines(found, site.texts.entry)}\n`;
}

/** A line for each setting, as people write them. */
function lines(found: Options, beside: string): string {
  const inner = Object.entries(found).map(([name, value]) => {
    const note = name === "WORKFLOWS" ? `    # ${beside}\n` : "";
    return `${note}    ${python(name)}: ${python(value, 4)},\n`;
  });
  return inner.length ? `{\n${inner.join("")}}` : "{}";
}

export function tag({ workflow, named }: Site): string {
  return `{% load chatkit %}\n{% chatkit${named ? ` workflow_id=${JSON.stringify(workflow)}` : ""} %}\n`;
}

const secret = ({ session, workflow }: Site): string => `let sessionId;

async function getClientSecret() {
  const csrfToken = /csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? "";
  const response = await fetch(${javascript(session)}, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken },
    body: JSON.stringify({ workflowId: ${javascript(workflow)}, sessionId }),
  });
  const body = await response.json();
  if (!response.ok) throw new Error(body.error.message);
  sessionId = body.session_id;
  return body.client_secret;
}
`;

export function script(site: Site, options: Options): string {
  return `${secret(site)}
const chat = document.createElement("openai-chatkit");
document.querySelector("#chat").append(chat);
customElements.whenDefined("openai-chatkit").then(() => {
  chat.setOptions(${call(site, options)});
});
`;
}

export function react(site: Site, options: Options): string {
  return `import { ChatKit, useChatKit } from "@openai/chatkit-react";

${secret(site)}
export function Chat() {
  const { control } = useChatKit(${call(site, options)});
  return <ChatKit control={control} className="chat" />;
}
`;
}

/** The options as an object, with the function that gets a client secret, and functions for the buttons. */
function call({ base }: Site, options: Options): string {
  const indent = 2;
  const given = structuredClone(options);
  // The site's own greeting has the name of who looks.
  if (at(given, GREETING) === at(base, GREETING)) put(given, GREETING, undefined);
  // What OpenAI's types do not have.
  for (const path of ["history.temporary", "threadItemActions.readAloud"]) {
    if (at(given, path) !== undefined) put(given, path, undefined);
  }
  if (isObject(given.theme) && !Object.keys(given.theme).length) delete given.theme;
  const margin = " ".repeat(indent + 2);
  const inner = Object.entries(given).map(([name, value]) => `${margin}${name}: ${javascript(value, indent + 2)},\n`);
  const written = `{\n${margin}api: { getClientSecret },\n${inner.join("")}${" ".repeat(indent)}}`;
  return written.replace(/((?:left|right)Action: \{ icon: "[\w-]+") \}/g, "$1, onClick: () => {} }");
}
