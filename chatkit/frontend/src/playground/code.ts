/** The code to copy: settings, the template tag, JavaScript and React. */
import { javascript, python } from "./literals";
import { at, difference, isObject, merged, type Options, put } from "./options";

const GREETING = "startScreen.greeting";

export interface Site {
  /** The options of the site's chat as it is. */
  base: Options;
  /** `OPTIONS` and `ATTACHMENTS` of the settings. */
  options: Options;
  attachments: Options;
  workflow: string;
  /** Whether the tag must name the workflow. */
  named: boolean;
  session: string;
  texts: { beside: string; noChanges: string };
}

/** The settings that make the site's chat the one of these options; those that stay are left out. */
export function chatkit(site: Site, options: Options): Options {
  const changes = difference(site.base, options);
  const found: Options = {};
  if (changes.frameTitle !== undefined) found.TITLE = changes.frameTitle;
  // A theme is given as a whole, so that what was taken away is gone.
  if (JSON.stringify(site.base.theme ?? {}) !== JSON.stringify(options.theme ?? {})) found.THEME = options.theme ?? {};
  const own = structuredClone(changes);
  for (const path of ["frameTitle", "theme", "composer.attachments", "header.leftAction", "header.rightAction"]) {
    if (at(own, path) !== undefined) put(own, path, undefined);
  }
  if (Object.keys(own).length) found.OPTIONS = merged(site.options, own);
  const before = at(site.base, "composer.attachments");
  const after = at(options, "composer.attachments");
  if (JSON.stringify(before) !== JSON.stringify(after)) {
    const count = isObject(after) ? after.maxCount : undefined;
    const files: Options = { ...site.attachments, enabled: isObject(after) };
    if (count !== undefined) files.max_count = count;
    found.ATTACHMENTS = files;
  }
  return found;
}

export function settings(site: Site, options: Options): string {
  const found = chatkit(site, options);
  const none = !Object.keys(found).length;
  return `# ${none ? site.texts.noChanges : site.texts.beside}\nCHATKIT = ${lines(found)}\n`;
}

/** A line for each setting, as people write them. */
function lines(found: Options): string {
  const inner = Object.entries(found).map(([name, value]) => `    ${python(name)}: ${python(value, 4)},\n`);
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
