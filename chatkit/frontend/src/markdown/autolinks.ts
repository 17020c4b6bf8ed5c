/** Addresses that stand in a text as they are: `https://…`, `www.…`, `name@host`. */
import { characterBefore } from "./letters";

export interface Autolink {
  text: string;
  href: string;
  end: number;
  /** Where it would end with the punctuation that follows it. */
  reach: number;
}

/** Where one may begin; the scanner of the line has this among what it stops at. */
export const AUTOLINK_START =
  "(?:https?:\\/\\/|www\\.)(?=[^\\s<])|(?<![A-Za-z0-9.+-])[A-Za-z0-9][\\w.+-]{0,63}@(?=[A-Za-z0-9])";

const HOST = /(?:https?:\/\/|www\.)((?:\[[\da-f:.]+\]|[\p{L}\p{N}\p{M}\p{Join_Control}.\-_~%:@])*)/iuy;
/**
 * An address is written in letters, digits and ASCII's marks: other punctuation is of the sentence around it, and so
 * are a bracket that nothing opens and the end of bold text.
 */
const PLAIN = "(?!\\*\\*)[!#-;=?-Z^_a-z{}~]|(?![\\p{P}～｜＜＞\\s])[^\\0-\\x7f\\p{Cf}]|\\p{Join_Control}";
const PATH = new RegExp(`[/?#](?:${PLAIN}|\\[(?:${PLAIN})*\\])*`, "uy");
const MAIL = /[A-Za-z0-9][\w.+-]*@[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+/y;
/** `example.com请`: the last part of a name is in one script. */
const NAME_AND_TEXT = /(?:\.[A-Za-z][A-Za-z0-9-]*|:\d+)(?=[^\0-\x7f][^.]*$)/;
const TRAILING = "?!.,:;*_~'\"";

export function autolinkAt(text: string, at: number): Autolink | null {
  if (/[A-Za-z0-9]/.test(characterBefore(text, at))) return null;
  return web(text, at) ?? mail(text, at);
}

function web(text: string, at: number): Autolink | null {
  HOST.lastIndex = at;
  const [host = "", name = ""] = HOST.exec(text) ?? [];
  const sentence = NAME_AND_TEXT.exec(host.slice(0, 999));
  PATH.lastIndex = at + host.length;
  const whole = sentence ? host.slice(0, sentence.index + sentence[0].length) : host + (PATH.exec(text)?.[0] ?? "");
  const shown = trimmed(whole);
  const short = /^www\./i.test(shown);
  if (!isHost(name.slice(0, Math.max(shown.length - host.length + name.length, 0)), short)) return null;
  const href = short ? `http://${shown}` : shown;
  return { text: shown, href, end: at + shown.length, reach: at + whole.length };
}

/** `host` is what follows the scheme or the `www.`, which needs a name and its end after it. */
function isHost(host: string, short: boolean): boolean {
  if (host.startsWith("[")) return true;
  const parts = host.replace(/^.*@/, "").replace(/:\d*$/, "").split(".");
  return parts.length > (short ? 1 : 0) && parts.every((part) => /[\p{L}\p{N}]/u.test(part));
}

/** Without the punctuation and the brackets of the sentence around it. */
function trimmed(address: string): string {
  let end = address.length;
  let round = surplus(address, "(", ")");
  let curly = surplus(address, "{", "}");
  for (;;) {
    const last = address.charAt(end - 1);
    const entity = last === ";" ? /&[A-Za-z0-9]+;$/.exec(address.slice(Math.max(end - 34, 0), end)) : null;
    if (entity) end -= entity[0].length;
    else if (last === ")" ? round-- > 0 : last === "}" ? curly-- > 0 : last && TRAILING.includes(last)) end--;
    else return address.slice(0, end);
  }
}

/** How many more brackets are closed than opened. */
function surplus(text: string, open: string, close: string): number {
  return text.split(close).length - text.split(open).length;
}

function mail(text: string, at: number): Autolink | null {
  MAIL.lastIndex = at;
  const shown = MAIL.exec(text)?.[0].replace(/(?<![-_])[-_]+$/, "");
  if (!shown || !/\.[A-Za-z][A-Za-z0-9-]*$/.test(shown)) return null;
  const end = at + shown.length;
  return { text: shown, href: `mailto:${shown}`, end, reach: /[.-]/.test(text.charAt(end)) ? end + 1 : end };
}
