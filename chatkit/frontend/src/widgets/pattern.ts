/**
 * Whether what was filled in has the form that a widget's `pattern` asks for, read as an input's `pattern` is.
 *
 * A browser tries each way to read a text, and a model may write `(a+)+b`: forty letters would freeze the page for
 * hours, at each key. No length is short enough against that. Here all ways are followed side by side, so that each place
 * of the text is looked at once for each part of the pattern, and the steps are counted.
 */

/** Characters of a pattern, and steps along a text. What takes more is left to the server, which has to look anyway. */
const LONGEST = 1000;
const MOST = 200_000;

/** The places in the text to which a part of a pattern leads, from those to which the part before it has led. */
type Places = ReadonlySet<number>;
type Part = (from: Places) => Places;

/** True also where it can't be told: what is no pattern, takes too long, or looks back at what it has read. */
export function fits(pattern: string, text: string): boolean {
  try {
    return pattern.length > LONGEST || new Reading(pattern, [...text]).fits();
  } catch {
    return true;
  }
}

const REPEATED = /(?:[*+?]|\{(\d+)(?:(,)(\d*))?\})\??/y;
const GROUP = /\((?:\?(?:[:=!]|<[^=!>]+>))?/y;
const EDGE = /[$^]|\\[bB]/y;
const CHARACTER =
  /\[(?:\\.|[^\]\\])*\]|\\[pP]\{[^}]*\}|\\u\{[^}]*\}|\\u[\da-f]{4}|\\x[\da-f]{2}|\\c[a-z]|\\[^1-9k]|[^()[\]{}*+?\\|]/iuy;

const STRINGS = /\\q\{|\\p\{(?:RGI_|Basic_Emoji|Emoji_Keycap_Sequence)/;

class Reading {
  #at = 0;
  #left = MOST;

  constructor(
    private readonly pattern: string,
    private readonly text: readonly string[],
  ) {}

  fits(): boolean {
    new RegExp(this.pattern, "v"); // throws where a browser would pass over it
    const whole = this.#either();
    if (this.#at < this.pattern.length) throw new SyntaxError(this.pattern);
    return whole(new Set([0])).has(this.text.length);
  }

  #take(token: RegExp): RegExpExecArray | null {
    token.lastIndex = this.#at;
    const found = token.exec(this.pattern);
    if (found) this.#at = token.lastIndex;
    return found;
  }

  #either(): Part {
    const ways = [this.#row()];
    while (this.#take(/\|/y)) ways.push(this.#row());
    return (from) => new Set(ways.flatMap((way) => [...this.#next(way, from)]));
  }

  #row(): Part {
    const parts: Part[] = [];
    while (!/^[|)]?$/.test(this.pattern.charAt(this.#at))) parts.push(this.#repeated());
    return (from) => parts.reduce((places, part) => this.#next(part, places), from);
  }

  #repeated(): Part {
    const part = this.#one();
    const found = this.#take(REPEATED);
    if (!found) return part;
    const [how, exactly, comma, to] = found;
    const least = Number(exactly ?? (how.startsWith("+") ? 1 : 0));
    const most = exactly && !comma ? least : how.startsWith("?") ? 1 : Number(to || Number.POSITIVE_INFINITY);
    return (from) => {
      let last = from;
      for (let count = 0; count < least; count++) last = this.#next(part, last);
      const all = new Set(last);
      // From places where it has been before it would come to none that are new.
      for (let count = least; count < most && last.size; count++) {
        last = new Set([...this.#next(part, last)].filter((place) => !all.has(place)));
        for (const place of last) all.add(place);
      }
      return all;
    };
  }

  #one(): Part {
    const group = this.#take(GROUP)?.[0];
    if (group) {
      const inside = this.#either();
      if (!this.#take(/\)/y)) throw new SyntaxError(this.pattern);
      if (group !== "(?=" && group !== "(?!") return inside;
      return this.#where((place) => this.#next(inside, new Set([place])).size > 0 === (group === "(?="));
    }
    const edge = this.#take(EDGE)?.[0];
    if (edge === "^") return this.#where((place) => place === 0);
    if (edge === "$") return this.#where((place) => place === this.text.length);
    if (edge) return this.#where((place) => (this.#isWord(place - 1) !== this.#isWord(place)) === (edge === "\\b"));
    const [character] = this.#take(CHARACTER) ?? [];
    // Some stand for several characters at once.
    if (!character || STRINGS.test(character)) throw new SyntaxError(this.pattern);
    const one = new RegExp(`^${character}$`, "v"); // of a single character, which can be tried in one way
    const here = this.#where((place) => one.test(this.text[place] ?? ""));
    return (from) => new Set([...here(from)].filter((place) => place < this.text.length).map((place) => place + 1));
  }

  #isWord(place: number): boolean {
    return /^\w$/.test(this.text[place] ?? "");
  }

  #where(is: (place: number) => boolean): Part {
    return (from) => new Set([...from].filter(is));
  }

  /** Every part is come to in this way, so that each place is counted where it is looked at. */
  #next(part: Part, from: Places): Places {
    this.#left -= from.size + 1;
    if (this.#left < 0) throw new RangeError(this.pattern);
    return part(from);
  }
}
