"""The sizes, schemes and languages of the pictures, and what may be on none of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..axe import violations

SIZES: dict[str, tuple[int, int]] = {
    "390": (390, 844),
    "768": (768, 1024),
    "1280": (1280, 800),
    "1920": (1920, 1080),
}
LOCALES = {"en": "en-US", "es": "es-ES", "ar": "ar-EG"}


@dataclass(frozen=True)
class Look:
    """`390-dark-ar`: a width, a scheme, a language."""

    width: str
    scheme: str
    language: str

    def __str__(self) -> str:
        return f"{self.width}-{self.scheme}-{self.language}"

    @property
    def options(self) -> dict[str, Any]:
        """Those of a context of the browser."""
        width, height = SIZES[self.width]
        touch = {"has_touch": True, "is_mobile": True} if width < 1024 else {}
        return {
            "viewport": {"width": width, "height": height},
            "color_scheme": self.scheme,
            "locale": LOCALES[self.language],
            **touch,
        }


ALL = [
    Look(width, scheme, language)
    for width in SIZES
    for scheme in ("light", "dark")
    for language in LOCALES
]
# What stands over an edge, or is cut off where no dots say so.
FAULTS = """() => {
  const found = [];
  const wide = document.scrollingElement.scrollWidth - innerWidth;
  if (wide > 0) found.push(`the page is ${wide}px wider than the screen`);
  const name = (node) => `${node.localName}.${String(node.className).replace(/\\s+/g, ".")}`
    + ` "${node.textContent.trim().replace(/\\s+/g, " ").slice(0, 30)}"`;
  const scrolls = (node) => {
    for (let box = node; box; box = box.parentElement ?? box.getRootNode().host) {
      if (/auto|scroll/.test(getComputedStyle(box).overflowX) && box.scrollWidth > box.clientWidth)
        return true;
    }
    return false;
  };
  const dotted = (node) => {
    for (let box = node; box; box = box.parentElement) {
      if (getComputedStyle(box).textOverflow === "ellipsis") return true;
    }
    return false;
  };
  const hidden = (node) => {
    for (let box = node; box; box = box.parentElement ?? box.getRootNode().host) {
      const { clipPath, clip, opacity, visibility } = getComputedStyle(box);
      if (clipPath !== "none" || clip !== "auto" || opacity === "0" || visibility !== "visible"
        || box.inert) return true;
    }
    return false;
  };
  const look = (root) => {
    for (const node of root.querySelectorAll("*")) {
      if (node.shadowRoot) look(node.shadowRoot);
      const box = node.getBoundingClientRect();
      if (!box.width || !box.height) continue;
      const style = getComputedStyle(node);
      const text = [...node.childNodes].some(({nodeType, data}) => nodeType === 3 && data.trim());
      if (!text && node.localName !== "button" && node.localName !== "input") continue;
      if ((box.left < -1 || box.right > innerWidth + 1) && !scrolls(node) && !hidden(node)
        && !dotted(node) && box.right > 0 && box.left < innerWidth)
        found.push(`over the edge: ${name(node)} ${Math.round(box.left)}–${Math.round(box.right)}`);
      if (text && style.overflowX !== "visible" && style.textOverflow !== "ellipsis"
        && node.scrollWidth > node.clientWidth + 1 && !/auto|scroll/.test(style.overflowX)
        && !hidden(node))
        found.push(`cut off: ${name(node)} ${node.scrollWidth} in ${node.clientWidth}`);
      if (/^(button|a)$/.test(node.localName) && style.overflowX === "visible" && text
        && node.scrollWidth > node.clientWidth + 1 && style.display !== "inline" && !hidden(node))
        found.push(`runs out: ${name(node)} ${node.scrollWidth} in ${node.clientWidth}`);
    }
  };
  look(document);
  return [...new Set(found)];
}"""


def faults(page: Any, axe: bool) -> list[str]:
    """What a machine can see."""
    return [*page.evaluate(FAULTS), *(violations(page) if axe else [])]
