"""What axe finds on a page."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.conf import settings

_FILE = settings.BASE_DIR / "chatkit/frontend/node_modules/axe-core/axe.min.js"
# What another colour scheme can break: the rest of a page is the same in both.
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
# Colours that are still on their way would be measured half way; some motions never end.
_SETTLED = """async () => {
  for (let still = 0; still < 3; still++) {
    await new Promise(requestAnimationFrame);
    const ending = document.getAnimations().filter(({effect}) =>
      effect && effect.getComputedTiming().endTime !== Infinity);
    if (ending.length) still = -1;
    await Promise.allSettled(ending.map((motion) => motion.finished));
  }
}"""
needs_axe = pytest.mark.skipif(
    not _FILE.is_file(), reason="axe-core is not installed: run `make test`."
)


def violations(page: Any, only: Any = None) -> list[str]:
    """What axe finds, in short: the rule, the elements, and what would mend them.

    `only` is axe's `runOnly`: tags, or rules such as COLOURS. The script is put in by evaluation,
    since the policy lets none in.
    """
    page.evaluate(_SETTLED)
    if not page.evaluate("'axe' in window"):
        page.evaluate(_FILE.read_text(encoding="utf-8"))
    # What is right costs more to describe than to find.
    found = page.evaluate(
        """(only) => axe.run(document,
          {preload: false, resultTypes: ["violations"], ...(only && {runOnly: only})}
        ).then((result) => JSON.stringify(result.violations.map(({id, nodes}) =>
            [id, nodes.map((node) => node.html.slice(0, 160) + " " + node.failureSummary)])))""",
        only,
    )
    return [f"{rule}: {' '.join(where)[:600]}" for rule, where in json.loads(found)]
