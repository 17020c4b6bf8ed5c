// @vitest-environment happy-dom
import { describe, expect, test } from "vitest";
import { type Inline, type InlineOptions, parseInline } from "./inline";

function parsed(text: string, options?: InlineOptions): Inline[] {
  const { settled, rest } = parseInline(text, options);
  return [...settled, ...rest];
}

/** What of a text is not plain: its type and its text, or where it leads. */
function found(text: string, options?: InlineOptions): string[] {
  const of = (nodes: readonly Inline[]): string[] =>
    nodes.flatMap((node) => {
      if (node.type === "formula") return [`${node.display ? "display" : "formula"} ${node.source}`];
      if (node.type === "link") return [`link ${node.href}`, ...of(node.children)];
      if ("children" in node) return [`${node.type} ${plain(node.children)}`, ...of(node.children)];
      return node.type === "code" || node.type === "html" ? [`${node.type} ${node.text}`] : [];
    });
  return of(parsed(text, options));
}

function plain(nodes: readonly Inline[]): string {
  return nodes
    .map((node) => ("children" in node ? plain(node.children) : "text" in node ? node.text : `<${node.type}>`))
    .join("");
}

describe("money, variables and patterns are no formulas", () => {
  test.each([
    "$5 and $6",
    "it costs $ 5 $",
    "100$",
    "$5–$10, $5-$10 and $5 to $10",
    "US$5, CA$6 and A$7",
    "$5/month and $50/year",
    "$5/mo,$50/yr",
    "about (~$1.50) … (~$10)",
    "Antes $100, ahora US$ 50",
    "Antes R$ 100, ahora R$ 50",
    "$100, agora R$ 50",
    "$100 USD or 90$",
    "$20 (US$)",
    "10$, puis 20$",
    "10 $, puis 20 $",
    "10 $-20 $",
    "entre 10$-20$",
    "السعر 10$، ثم 20$",
    "$100، والآن 50$",
    "$100和50$",
    "原价$100，现价US$50",
    "ราคา $100 และ 50$",
    "$HOME/$USER",
    "$HOME:$PATH, $HOME and $PATH",
    "$HOME/$(id -u)",
    "$(date)$(time)",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what a shell is written with.
    "${a}-${b}",
    "'$a','$b'",
    '"$my_var" "$other"',
    "($foo_1), ($bar_2)",
    "$AAPL,$MSFT",
    "$AAPL, $MSFT and $TSLA",
    "$TSLA +5%, $GME -3%",
    "Ke$ha and A$AP",
    "^\\d+$ or ^\\w+$",
    "[a-z]$|[0-9]$",
    "(^a+$|^b+$)",
    "$$ to $$$",
    "$$ (cheap) to $$ (fair)",
    "$$$ and $$$",
    "\\$5 and \\$6",
    "a $b\nc$ d",
  ])("%j", (text) => {
    expect(found(text)).toEqual([]);
  });
});

describe("formulas", () => {
  test.each([
    ["so $x$ is", ["formula x"]],
    ["$x+1$, $2x$ and $100$", ["formula x+1", "formula 2x", "formula 100"]],
    ["so \\(x + y\\) is", ["formula x + y"]],
    ["so $$x$$ and \\[y\\]", ["display x", "display y"]],
    ["$a$ and $b$", ["formula a", "formula b"]],
    ["so $a \\$ b$ is", ["formula a \\$ b"]],
    ["the $n$th, $k$-th and $x$s", ["formula n", "formula k", "formula x"]],
    ["函数$f(x)$是", ["formula f(x)"]],
    ["قيمة $x$، و$y$", ["formula x", "formula y"]],
    ["**$x = 1$**", ["strong <formula>", "formula x = 1"]],
    ["H$_2$O, 90$^\\circ$C, 2$\\times$3", ["formula _2", "formula ^\\circ", "formula \\times"]],
    ["$x \\in A$ 5 times", ["formula x \\in A"]],
    ["$x \\in [0,1)$, $]0,1[$", ["formula x \\in [0,1)"]],
    ["$f'$ and $H^+$ and $x^-$", ["formula f'", "formula H^+", "formula x^-"]],
    ["$3 \\cdot 10^{8}\\,\\text{metres per second}$", ["formula 3 \\cdot 10^{8}\\,\\text{metres per second}"]],
    ["$*a*$ and $_b_$", ["formula *a*", "formula _b_"]],
    ["`$x$`", ["code $x$"]],
  ])("%j", (text, expected) => {
    expect(found(text)).toEqual(expected);
  });
});

describe("struck through is what stands between two tildes", () => {
  test.each([
    ["~~old~~ new", ["del old"]],
    ["이건~~취소~~됨", ["del 취소"]],
    ["~~**a**~~", ["del a", "strong a"]],
    ["2~3일, 제주는 4~5일", []],
    ["(~$1.50) … (~$10)", []],
    ["~/bin and ~/lib", []],
    ["2～3日、4～5日", []],
    ["~one~", []],
    ["~~~three~~~", []],
  ])("%j", (text, expected) => {
    expect(found(text)).toEqual(expected);
  });
});

describe("emphasis beside punctuation and in scripts without spaces", () => {
  test.each([
    ["**注意：**正文", "注意："],
    ["**重点**，**注意：**正文**次**", "重点"],
    ["请看**“引号”**文字", "“引号”"],
    ["他说**「你好」**了", "「你好」"],
    ["**（注）**内容", "（注）"],
    ["価格は**$50**です", "$50"],
    ["**C++**が", "C++"],
    ["**50%**的", "50%"],
    ["**제목:**본문", "제목:"],
    ["**ราคา (บาท)**ต่อคืน", "ราคา (บาท)"],
    ["**50%**ของ", "50%"],
    ["و**«مهم»**هنا", "«مهم»"],
    ['و**"مهم"**هنا', '"مهم"'],
    ["**ملاحظة:**النص", "ملاحظة:"],
    ["**هل هذا صحيح؟**نعم", "هل هذا صحيح؟"],
    ["**ध्यान दें।**पाठ", "ध्यान दें।"],
    ["**„Wichtig“**e Sache", "„Wichtig“"],
    ["**“quote”**text", "“quote”"],
    ["Ordet**»vigtigt«**her", "»vigtigt«"],
    ["**Note:**text", "Note:"],
    ["**100€**pro", "100€"],
    ["и**(важно)**да", "(важно)"],
  ])("%j is bold", (text, strong) => {
    expect(found(text)[0]).toBe(`strong ${strong}`);
    expect(plain(parsed(text))).not.toContain("*");
  });

  test.each(["snake_case_name and __init__x", "2*(3+4)*5", "f*(g)*h", "a * b * c", "** not **", "**/*.py"])(
    "%j is as it was written",
    (text) => {
      expect(found(text)).toEqual([]);
    },
  );
});

describe("addresses that stand in a text", () => {
  const A = "https://example.com/a";

  test.each([
    "،",
    "؛",
    "؟",
    "，",
    "。",
    "、",
    "；",
    "：",
    "！",
    "？",
    "”",
    "’",
    "»",
    "›",
    "…",
    "）",
    "」",
    "』",
    "】",
    "》",
    "।",
    "॥",
    "՝",
    "۔",
    "—",
    "–",
    "·",
    "～",
    "\u200f",
    "\u200b",
    "\u3000",
    ".",
    ",",
    ";",
    ":",
    "!",
    "?",
    '"',
    "'",
    ")",
    "]",
    "**",
    "~~",
    "_",
  ])("end before %j", (mark) => {
    for (const after of ["", " x", "x", "請看", "ثم"]) {
      if (after === "x" && /^[.,;:!?'_~)]/.test(mark)) continue;
      if (/^(請看|ثم)$/.test(after) && /^[.,;:!?'_~)]/.test(mark)) continue;
      expect(found(`${A}${mark}${after}`), after).toEqual([`link ${A}`]);
    }
  });

  test.each([
    [`(${A})،`, [A]],
    [`《${A}》，${A}`, [A, A]],
    ["https://example.com请访问", ["https://example.com"]],
    ["https://example.com:8080请访问", ["https://example.com:8080"]],
    ["访问https://例え.jp/道?x=道#y。", ["https://例え.jp/道?x=道#y"]],
    ["https://www.café.com/é", ["https://www.café.com/é"]],
    ["https://fa.example/می‌خواهم", ["https://fa.example/می‌خواهم"]],
    ["https://x.example/a_(b)_c?d[]=1&e={f}", ["https://x.example/a_(b)_c?d[]=1&e={f}"]],
    ["https://x.example/a_b_c/*d*/e", ["https://x.example/a_b_c/*d*/e"]],
    ["**https://x.example**，_https://y.example_", ["https://x.example", "https://y.example"]],
    [
      "http://localhost:8000 http://[::1]:80/a http://my_host/",
      ["http://localhost:8000", "http://[::1]:80/a", "http://my_host/"],
    ],
    ["https://x.example/?a=1&b=2&amp;", ["https://x.example/?a=1&b=2"]],
    ["www.example.com/a, www.example.com.", ["http://www.example.com/a", "http://www.example.com"]],
    ["a.b+c_d@x-y.example؟", ["mailto:a.b+c_d@x-y.example"]],
    ["اكتب إلى help@example.com، شكرًا", ["mailto:help@example.com"]],
    ["_a@x.example_", ["mailto:a@x.example"]],
    ["[https://x.example/a](https://y.example)", ["https://y.example"]],
    ["<https://x.example/a b> <https://x.example/，>", ["https://x.example/a", "https://x.example/，"]],
    ["www. www.x xhttps://x.example @x.example a@b 1@2.3 https:// http://.", []],
  ])("%j", (text, hrefs) => {
    expect(found(text).filter((one) => one.startsWith("link"))).toEqual(hrefs.map((href) => `link ${href}`));
  });

  test("are not taken for whole while the text grows", () => {
    expect(found("see https://x.example", { growing: true })).toEqual([]);
    expect(found("see https://x.", { growing: true })).toEqual([]);
    expect(found("see a@x.ex", { growing: true })).toEqual([]);
    expect(found("see https://x.example ", { growing: true })).toEqual(["link https://x.example"]);
  });
});

describe("other things", () => {
  test.each([
    ["[a](/x?b=1&amp;c=2)", ["link /x?b=1&c=2"]],
    ["[a](</x y> 't')", ["link /x y"]],
    ["[a][b]", []],
    ["a<br>b", ["html <br>"]],
  ])("%j", (text, expected) => {
    expect(found(text)).toEqual(expected);
  });

  test("a label stands for its address", () => {
    const define = (label: string) => (label === "A B" ? { href: "/c", title: null } : undefined);
    for (const text of ["[a\nb]", "[x][A b]", "[a b][]"]) expect(found(text, { define }), text).toEqual(["link /c"]);
    expect(found("[^1] [a [b]]", { define })).toEqual([]);
  });

  test("marks of sources go behind a link, a formula and code", () => {
    const marks = [{ at: 3, group: 0 }];
    for (const text of ["[a b](/c)", "$a+b$", "`a b`"]) {
      expect(parsed(text, { marks })[1], text).toEqual({ type: "citation", group: 0 });
    }
  });

  const N = 5000;
  test.each(
    [
      "[",
      "![",
      "*a **b ",
      "`a``",
      "<!--",
      "<a b='",
      "$a ",
      "\\(",
      "[a](",
      "a_b@",
      "https://x/a)",
      "https://x/[",
      "**（",
    ].map((text) => text.repeat(N)),
  )("a long text takes no longer than its length asks: %.12s…", (text) => {
    const took = (input: string) => {
      const begun = performance.now();
      parseInline(input);
      return performance.now() - begun;
    };
    took(text);
    expect(took(text)).toBeLessThan(1500);
  });
});
