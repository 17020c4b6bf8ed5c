"""Texts that people send to break what shows, stores, exports or logs them."""

from __future__ import annotations

import os

from . import large

BIDI = "\u202eevil\u202c \u2066txt\u2069 \u200f"
ESCAPES = "\x1b[2J\x1b]0;owned\x07\x9b31m"

TEXTS: dict[str, str] = {
    "bidi overrides": BIDI,
    "zalgo": "Z" + "\u0300\u0315\u034f\u0489" * 200,
    "a line of 100 KB": "x" * 100_000,
    "words of 20 KB": "\u00e4" * 20_000,
    "controls": "".join(map(chr, [*range(1, 32), *range(127, 160)])),
    "escapes of a terminal": ESCAPES,
    "lines of a log": "hello\r\n2026-01-01 00:00:00 ERROR chatkit forged\u2028\u2029\x85forged",
    "a script": "<script>alert(1)</script><style>*{}</style>",
    "an attribute": "\"><img src=x onerror='alert(1)'><svg/onload=alert(1)>",
    "a template": "{{ 7|add:7 }} {% include 'x' %} ${7*7} %(x)s {0}",
    "links": "[a](javascript:alert(1)) [b](data:text/html,<script>alert(1)</script>) <vbscript:x>",
    "homoglyphs": "[paypal.com](https://xn--pypal-4ve.com) https://\u0440\u0430ypal.com",
    "nested quotes": ">" * 2_000 + " deep",
    "nested lists": "\n".join(" " * 2 * depth + "- deep" for depth in range(200)),
    "nested brackets": "[" * 5_000 + "](" * 5_000,
    "nested emphasis": "*_" * 5_000,
    "a table of 500 columns": "\n".join(["|a" * 500, "|-" * 500, "|b" * 500]),
    "a table of 2000 rows": "|a|b|\n|-|-|\n" + "|1|2|\n" * 2_000,
    "a formula": '=HYPERLINK("http://x.example","a")',
    "a formula after a tab": "\t@SUM(1+1)*cmd|' /C calc'!A0",
    "SQL": "'; DROP TABLE chatkit_thread; --",
    "paths": "../../../../etc/passwd\\..\\..",
}
# JSON's own way to write half a character, which no text can hold.
SURROGATES = ["\\ud800", "\\udc00\\ud800", "a\\udfffb"]


def drawn() -> dict[str, str]:
    """The texts that browsers are to draw: with HOSTILE_TEXTS=all every one that there is."""
    every = os.environ.get("HOSTILE_TEXTS") == "all"
    return TEXTS | large.SHORT | (large.LONG if every else {})
