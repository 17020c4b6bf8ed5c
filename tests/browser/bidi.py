"""Where the characters of a text stand on the screen."""

from __future__ import annotations

from itertools import pairwise

from playwright.sync_api import Locator

PLACES = """(root, wanted) => {
  const places = [];
  let text = "";
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    for (let at = 0; at < node.length; at++) places.push([node, at]);
    text += node.data;
  }
  const from = text.indexOf(wanted);
  if (from < 0) throw new Error(`"${wanted}" is not in "${text}"`);
  return places.slice(from, from + wanted.length).flatMap(([node, at]) => {
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + 1);
    const [box] = range.getClientRects();
    const seen = box && box.width && node.data.charAt(at).trim();
    return seen ? [[box.bottom, Math.round(box.left * 10) / 10]] : [];
  });
}"""


def lefts(root: Locator, text: str) -> list[float]:
    """How far from the left the characters of `text` stand, which is somewhere in `root`."""
    return [left for _bottom, left in root.evaluate(PLACES, text)]


def reads_ltr(root: Locator, text: str) -> bool:
    """Whether each line of it runs from left to right."""
    places = root.evaluate(PLACES, text)
    steps = [
        after - before
        for (line, before), (next_line, after) in pairwise(places)
        if abs(next_line - line) < 5
    ]
    return bool(steps) and min(steps) >= 0


def reads_rtl(root: Locator, text: str) -> bool:
    """Of letters that join, the ends alone can be measured."""
    found = lefts(root, text)
    return found[0] > found[-1]
