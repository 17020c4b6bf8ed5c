"""The examples show every widget there is: one that a new SDK brings has none, and fails here."""

from __future__ import annotations

import json
import typing
from pathlib import Path

from chatkit.widgets import (
    DynamicWidgetRoot,
    StrictWidgetComponent,
    StrictWidgetRoot,
    WidgetTemplate,
)

from .widget_examples import EXAMPLES, types_in


def types_of(union: typing.Any) -> set[str]:
    members = typing.get_args(typing.get_args(union)[0])
    return {member.model_fields["type"].default for member in members}


def test_every_type_of_the_sdk_is_among_the_examples() -> None:
    known = types_of(StrictWidgetComponent) | types_of(StrictWidgetRoot)
    assert len(known) > 20
    assert known - types_in(list(EXAMPLES.values())) == set()


def test_the_sdk_takes_each_example() -> None:
    for name, widget in EXAMPLES.items():
        assert DynamicWidgetRoot.model_validate(widget).model_dump()["type"], name


def test_a_template_file_makes_one_of_them(tmp_path: Path) -> None:
    source = json.dumps(EXAMPLES["texts"]).replace('"Order 1023"', "{{ title | tojson }}")
    file = tmp_path / "order.widget"
    file.write_text(json.dumps({"version": "1.0", "name": "order", "template": source}))
    built = WidgetTemplate.from_file(str(file)).build({"title": 'An "order"'}).model_dump()
    assert built["children"][0]["value"] == 'An "order"'
    assert types_in(built) == types_in(EXAMPLES["texts"])
