/** Texts whose beginnings mean something else than the whole, and texts of every kind. */
import spec from "commonmark-spec";

export const SPECIFIED = spec.tests.map((example) => ({
  ...example,
  markdown: example.markdown.replaceAll("→", "\t"),
  html: example.html.replaceAll("→", "\t"),
}));

/** What GitHub has added to CommonMark. */
const GITHUB = [
  "| foo | bar |\n| --- | --- |\n| baz | bim |",
  "| abc | defghi |\n:-: | -----------:\nbar | baz",
  "| f\\|oo  |\n| ------ |\n| b `\\|` az |\n| b **\\|** im |",
  "| abc | def |\n| --- | --- |\n| bar | baz |\n> bar",
  "| abc | def |\n| --- | --- |\n| bar | baz |\nbar\n\nbar",
  "| abc | def |\n| --- |\n| bar |",
  "| abc | def |\n| --- | --- |\n| bar |\n| bar | baz | boo |",
  "| abc | def |\n| --- | --- |",
  "text\n| a |\n| - |\n| 1 |\n\n| b |\n|:-:|\n| 2 |",
  "- item\n\n  | a | b |\n  |---|---|\n  | 1 | 2 |\n- next",
  "- [ ] foo\n- [x] bar",
  "- [x] foo\n  - [ ] bar\n  - [x] baz\n- [ ] bim\n\n  more",
  "~~Hi~~ Hello, ~there~ world!",
  "This ~~has a\n\nnew paragraph~~.",
  "This will ~~~not~~~ strike.",
  "www.commonmark.org/help\n\nVisit www.commonmark.org.\n\nVisit www.commonmark.org/a.b.",
  "www.google.com/search?q=Markup+(business)\n\nwww.google.com/search?q=Markup+(business)))\n\n(www.google.com/a)",
  "www.google.com/search?q=commonmark&hl=en\n\nwww.google.com/search?q=commonmark&hl;",
  "http://commonmark.org\n\n(Visit https://encrypted.google.com/search?q=Markup+(business))",
  "foo@bar.baz\n\nhello@mail+xyz.example isn't valid, but hello+xyz@mail.example is.\n\na.b-c_d@a.b.\n\na.b-c_d@a.b-",
  "<strong> <title> <style> <em>\n\n<blockquote>\n  <xmp> is disallowed.\n</blockquote>",
];

const OURS = [
  "Full guide: [Example][1].\n\n[1]: https://example.com.br/guide\n\nSee [Example][1] again.",
  '[1]: https://example.com.br/guide\n  "The guide"\n\nSee [Example][1] and [one][2], [1].\n\n[2]: </a b> (c)\n[1]: /late',
  "See the note[^1] and [that].\n\n[^1]: word\n\n> [that]: /inside\n",
  "- a [x] b\n- c\n\n[x]: /y",
  "$$\nx = a\n+ b\n- c\n$$\n\nThen $a$.",
  "Text\n$$\nx = 1\n\n# y\n\n> z\n\n1. w\n$$\nmore\n\\[\nx\n\n- y\n\\]\nend",
  "$$ x\n+ y $$ and so on\n\n- item\n  $$\n  a\n\n  - b\n  $$\n- next",
  "$$\nnever closed\n- a\n\n- b\n\n```js\n$$\n```\n",
  "\\[\nnever closed\n\n1. a\n2. b\n\\[ again\n\n\\[\nx\n\\]",
  "> $$\n> a\n> $$\n> \\[\nlazy\n\n$$ b\n\n* c\n",
  "$$ is the shell's own number and $$$ is dear.\n\n- $$ and more\n",
  "  ```python\n  def f():\n      return 1\n  ```\n\n1. Run:\n\n   ```sh\n    ls\n   ```\n",
  "~~~~ js\n~~~\n```\n~~~~~\nafter\n\n```\nopen `` ` `` \n``",
  "1. one\n\n1. two\n\n   more\n1. three\n\n\n2) other\n   - a\n\n   - b\n",
  "- a\n- b\n  - c\n\n    d\n- e\n\nf",
  "Emoji 👍🏽 and 👨‍👩‍👧 in `😀`, **😀**, [😀](/x?😀).\n\n```\n😀\n```\n\n| 😀 |\n|---|\n| 👍 |\n",
  "One\r\ntwo\rthree\r\n\r\n- a\r\n- b\r\r```\r\ncode\r\n```\r\n",
  "A **bold\nline** and *one\nmore\n\n`code\nin two`, [link\ntext](/a\n'title') and ![image\n](/b) <b\nc=d>\n",
  "Line one\nline two `open\nline three\nline **four\nline five` and** so\non [a\nb][c\nd]\n\n[c d]: /e",
  "Heading\n===\n\nOther\n---\n\n- x\n---\n\n* * *\n## A ##\n# #\n",
  "مرحبا **«مهم»** و`foo()`.\n\n- قائمة https://example.com/a؟\n\n1. ٢\n",
  "**注意：**正文，https://example.com/a，2~3日、*重点*。\n\n> 引用\n続き",
  "&hearts; &nope; &amp;lt; <br> a<br/>b\n\n<div>\n*a*\n\n*b*\n</div>\n\n<!-- c\n\nd --> e\n",
  "Prices: $5–$10, US$5, $5/month and $50/year, 10$, puis 20$; $HOME/$USER and $x+1$, $$y$$, \\(z\\).",
  "a\\\nb  \nc\\*d\\\\e\n\n\ttab\n\n    code\n\n\n    more\n  \nend",
];

export const EXAMPLES = [...SPECIFIED.map(({ markdown }) => markdown), ...GITHUB, ...OURS];

/** What Markdown is made of, to be put together by chance. */
export const SIGNS = [
  ..."$ * _ ` ~~ ** $$ \\[ \\] \\( \\) ~~~ ``` > # === --- - 1. 1) | |---|---| [a] [a][b] [^1]: [ ]( ) ! & < \\ ，".split(
    " ",
  ),
  ..."😀 https://x.y/z www.a.b a@b.co <div> <!-- --> <br> $x$ &hearts; “ ” «نعم» مرحبا React -5 word".split(" "),
  "\n",
  "\n",
  "\n\n",
  "\r\n",
  "\t",
  " ",
  "  ",
  "    ",
  "- ",
  "1. ",
  "> ",
  "[x] ",
  "[a]: /u",
  "```py\n",
  "| a | b |\n|---|---|\n",
];
