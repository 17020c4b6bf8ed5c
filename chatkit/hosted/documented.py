"""Pages of the documentation that people who leave OpenAI are told of."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).resolve().parent


def page(path: str) -> str:
    """Where a page of `docs/` can be read: an installed package has it beside this module, as
    pyproject.toml says; a checkout has it among its documentation."""
    installed = _HERE / Path(path).name
    return str(installed) if installed.is_file() else f"docs/{path}"


LEAVING = page("leaving-agent-builder.md")
FROM_THE_SDK = page("howto/from-the-sdk.md")
