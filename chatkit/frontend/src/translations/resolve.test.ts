import { beforeEach, describe, expect, test, vi } from "vitest";
import types from "../../node_modules/@openai/chatkit/types/index.d.ts?raw";

const fetched = vi.hoisted(() => ({ lazyLanguage: vi.fn(), languageCodes: ["ar", "es", "pt"] }));
vi.mock("../lazy-import", () => fetched);

// Languages stay once they are here, so every test begins with a module of its own.
async function fresh() {
  vi.resetModules();
  return { ...(await import("./resolve")), ar: (await import("./ar")).default };
}

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
      const [base = ""] = code.toLowerCase().split("-");
      expect(resolve(code)).toMatchObject({ locale: code, nearest: ["ar", "es", "pt"].includes(base) ? base : "en" });
    }
  });

  test.each([
    ["es", "es", "es"],
    ["es-MX", "es", "es-MX"],
    ["pt_BR", "pt", "pt-BR"],
    ["AR-eg", "ar", "AR-eg"],
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
