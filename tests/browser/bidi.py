"""Where the characters of a text stand on the screen."""

from __future__ import annotations

from playwright.sync_api import Locator

LEFTS = """(root, wanted) => {
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
    return box && box.width && node.data.charAt(at).trim() ? [Math.round(box.left * 10) / 10] : [];
  });
}"""


def lefts(root: Locator, text: str) -> list[float]:
    """How far from the left the characters of `text` stand, which is somewhere in `root`."""
    found: list[float] = root.evaluate(LEFTS, text)
    return found


def reads_ltr(root: Locator, text: str) -> bool:
    found = lefts(root, text)
    return found == sorted(found) and found[0] < found[-1]


def reads_rtl(root: Locator, text: str) -> bool:
    """Words in scripts whose letters join are measured by their ends alone."""
    found = lefts(root, text)
    return found[0] > found[-1]
