import { beforeEach, describe, expect, test, vi } from "vitest";
import types from "../../node_modules/@openai/chatkit/types/index.d.ts?raw";

const fetched = vi.hoisted(() => ({
  lazyLanguage: vi.fn(),
  languageCodes: ["ar", "de", "es", "fr", "ja", "pt", "zh-Hans"],
}));
vi.mock("../lazy-import", () => fetched);

// Languages stay once they are here, so every test begins with a module of its own.
async function fresh() {
  vi.resetModules();
  return { ...(await import("./resolve")), ar: (await import("./ar")).default };
}

/** Chinese is the one language of theirs that we have in one of its scripts alone. */
const SCRIPTS: Record<string, string> = { "zh-CN": "zh-Hans", "zh-TW": "en", "zh-HK": "en", zh: "zh-Hans" };

beforeEach(() => {
  fetched.lazyLanguage.mockReset();
});

/** The codes that the published types name. */
function supported(): string[] {
  const declared = types.slice(
    types.indexOf("export type TranslatedLocale"),
    types.indexOf("A Web Component that serves"),
  );
  return [...declared.matchAll(/\| '([\w-]+)'/g)].map(([, code = ""]) => code);
}

describe("resolve", () => {
  test("knows the nearest language to each of the 114 codes", async () => {
    const { resolve } = await fresh();
    const codes = supported();
    expect(codes).toHaveLength(114);
    for (const code of codes) {
      const [base = ""] = code.split("-");
      const nearest = SCRIPTS[code] ?? (fetched.languageCodes.includes(base) ? base : "en");
      expect(resolve(code), code).toMatchObject({ locale: code, nearest });
    }
  });

  test.each([
    ["es", "es", "es"],
    ["es-MX", "es", "es-MX"],
    ["pt_BR", "pt", "pt-BR"],
    ["AR-eg", "ar", "AR-eg"],
    ["fr-CA", "fr", "fr-CA"],
    ["de_AT", "de", "de-AT"],
    ["ja-JP", "ja", "ja-JP"],
    ["zh", "zh-Hans", "zh"],
    ["zh-CN", "zh-Hans", "zh-CN"],
    ["zh-SG", "zh-Hans", "zh-SG"],
    ["zh_Hans_HK", "zh-Hans", "zh-Hans-HK"],
    ["ZH-hans", "zh-Hans", "ZH-hans"],
    ["zh-TW", "en", "zh-TW"],
    ["zh-HK", "en", "zh-HK"],
    ["zh-MO", "en", "zh-MO"],
    ["zh-Hant", "en", "zh-Hant"],
    ["zh-Hant-CN", "en", "zh-Hant-CN"],
    ["tl", "en", "tl"],
    ["not a locale", "en", "en-GB"],
    ["", "en", "en-GB"],
    [undefined, "en", "en-GB"],
  ])("%j is nearest to %s and travels as %s", async (wanted, nearest, locale) => {
    const { resolve } = await fresh();
    expect(resolve(wanted)).toMatchObject({ nearest, locale });
  });

  test("gives English, from left to right, until the language is here", async () => {
    const { resolve, fetchLanguage, ar } = await fresh();
    fetched.lazyLanguage.mockResolvedValue(ar);
    const wanted = resolve("ar");
    expect(wanted).toMatchObject({ language: "en", direction: "ltr" });
    await fetchLanguage(wanted);
    expect(resolve("ar-EG")).toMatchObject({ language: "ar", direction: "rtl", strings: ar });
    await fetchLanguage(wanted);
    expect(fetched.lazyLanguage.mock.calls).toEqual([["ar"]]);
  });

  test("stays with English where the language cannot be had, and asks again later", async () => {
    const { resolve, fetchLanguage } = await fresh();
    fetched.lazyLanguage.mockRejectedValue(new TypeError("offline"));
    await fetchLanguage(resolve("es"));
    expect(resolve("es").language).toBe("en");
    await fetchLanguage(resolve("es"));
    expect(fetched.lazyLanguage).toHaveBeenCalledTimes(2);
  });
});
