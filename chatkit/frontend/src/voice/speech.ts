/** An answer as a voice reads it: what is said, in pieces, and in which language. */
import { spoken } from "../state/spoken";
import type { VoiceWords } from "./words";

/** Voices that come from a server stop in the middle of longer pieces. */
const LONGEST_PIECE = 220;

const CODE = /^ {0,3}(`{3,}|~{3,})[^\n]*(?:\n[\s\S]*?)?(?:\n {0,3}\1[`~]*[ \t]*$|$(?![\s\S]))/gm;
// What opens looks no further than to the next that does, or the pattern takes seconds for many of them. The end of a
// line of a formula is neither, with the room that stands in brackets behind it.
const FORMULA = /\$\$[\s\S]*?\$\$|(?<!\\)\\\[(?:(?!(?<!\\)\\\[)[\s\S])*?\\\]/g;
// Each repeat in it ends at a sign of its own, or the pattern takes minutes for what is nearly a table.
const TABLE =
  /^[^\n|]*\|[^\n]*\n[ \t]*(?:\|[ \t]*)?:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*(?:\|[ \t]*)?(?:\n[^\n|]*\|[^\n]*)*/gm;
const ADDRESS = /(?<!\]\()\bhttps?:\/\/(?:www\.)?([^\s/)>\]]+)[^\s)>\]]*/g;

/** What is said of an answer's Markdown, in the order in which it is said. */
export function speech(markdown: string, words: VoiceWords): string[] {
  const plain = markdown
    .replace(/\r\n?/g, "\n")
    .replace(CODE, `\n\n${words.codeLeftOut}\n\n`)
    .replace(TABLE, `\n\n${words.tableLeftOut}\n\n`)
    .replace(FORMULA, " ")
    .replace(ADDRESS, "$1");
  return plain
    .split(/\n\s*\n|\n(?=\s*(?:[-*+]|\d{1,9}[.)]|#{1,6})\s)/)
    .map(spoken)
    .filter(Boolean)
    .flatMap(pieces);
}

/** A paragraph in pieces that end with a sentence, else with a word. */
function pieces(text: string): string[] {
  const found: string[] = [];
  let piece = "";
  for (const sentence of text.match(/[^.!?؟。！？…]+[.!?؟。！？…]*\s*|[.!?؟。！？…]+\s*/g) ?? []) {
    for (const part of sentence.length > LONGEST_PIECE ? (sentence.match(/\S+\s*/g) ?? []) : [sentence]) {
      if (piece && piece.length + part.length > LONGEST_PIECE) {
        found.push(piece.trim());
        piece = "";
      }
      piece += part;
    }
  }
  if (piece.trim()) found.push(piece.trim());
  return found;
}

/** Languages by their scripts, the rarer first: Japanese has Han letters too. */
const SCRIPTS: [RegExp, string][] = [
  [/[\p{sc=Hiragana}\p{sc=Katakana}]/gu, "ja"],
  [/\p{sc=Hangul}/gu, "ko"],
  [/\p{sc=Han}/gu, "zh"],
  [/\p{sc=Arabic}/gu, "ar"],
  [/\p{sc=Hebrew}/gu, "he"],
  [/\p{sc=Cyrillic}/gu, "ru"],
  [/\p{sc=Greek}/gu, "el"],
  [/\p{sc=Devanagari}/gu, "hi"],
  [/\p{sc=Thai}/gu, "th"],
];
const WORDS: Record<string, string> = {
  en: "the and of to is in you for it that with are your can not",
  es: "el la los las de que y en un una es por con para no su se del",
  pt: "o os a as de que e em um uma é por com para não seu se do da",
  fr: "le la les de des et en un une est que pour avec pas vous sur du",
  de: "der die das und ist in den von zu mit nicht sie ein eine für auf",
  it: "il la gli di che e in un una è per con non del si sono della",
};

/** The language of a text; `around` where it can't be told, and with its region where it is that one. */
export function languageOf(text: string, around: string): string {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  const script = SCRIPTS.find(([letter]) => (text.match(letter)?.length ?? 0) > letters / 3)?.[1];
  return near(script ?? latin(text) ?? around, around);
}

function latin(text: string): string | null {
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  const scores = Object.entries(WORDS).map(([code, list]) => {
    const common = new Set(list.split(" "));
    return [code, words.filter((word) => common.has(word)).length] as const;
  });
  const [best, next] = scores.sort(([, one], [, other]) => other - one);
  return best && best[1] > (next?.[1] ?? 0) && best[1] >= words.length / 12 ? best[0] : null;
}

/** Languages that share a script, as Persian and Arabic do, are told apart by the page's own. */
function near(code: string, around: string): string {
  const base = around.replace(/-.*/, "").toLowerCase();
  const alike = [
    ["ar", "fa", "ur"],
    ["ru", "uk", "bg", "sr"],
  ].find((group) => group.includes(code));
  return base === code || alike?.includes(base) ? around : code;
}
