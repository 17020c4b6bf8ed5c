"""`openapi.json` leaves nothing out but what is named here, with the reason."""

from __future__ import annotations

import json
import re
from typing import Any, get_args

from chatkit import urls
from chatkit.api.description import FILE
from chatkit.types import ChatKitReq

PAGE = "HTML, for who has logged in on the site"
LEFT_OUT = {
    "page": PAGE,
    "theme": "a style sheet of the site's pages",
    "help": PAGE,
    "help-article": f"{PAGE}, or at the signed address that `article` tells",
    "mine": PAGE,
    "mine-download": f"{PAGE}: the button of `mine`",
    "mine-delete": PAGE,
    "share-revoke-mine": f"{PAGE}: the button of `mine`",
    "shared": PAGE,
    "openapi": "the description itself",
    "metrics": "Prometheus text, for the token of METRICS_TOKEN",
}
DESCRIBED: dict[str, Any] = json.loads(FILE.read_text("utf-8"))


def address(pattern: object) -> str:
    return "/" + re.sub(r"<\w+:(\w+)>", r"{\1}", str(pattern))


def test_each_address_is_described_or_left_out_for_a_reason() -> None:
    ours = {entry.name: address(entry.pattern) for entry in urls.urlpatterns}
    described = {name for name, path in ours.items() if path in DESCRIBED["paths"]}
    assert set(DESCRIBED["paths"]) <= set(ours.values())
    assert described | set(LEFT_OUT) == set(ours)
    assert described & set(LEFT_OUT) == set()


def test_each_request_of_the_protocol_is_described() -> None:
    body = DESCRIBED["paths"]["/api/chatkit"]["post"]["requestBody"]
    forms = body["content"]["application/json"]["schema"]["oneOf"]
    described = [form["properties"]["type"]["const"] for form in forms]
    known = [
        get_args(kind.model_fields["type"].annotation)[0]
        for kind in get_args(get_args(ChatKitReq)[0])
    ]
    assert sorted(described) == sorted(known)


def test_each_part_that_is_named_is_there() -> None:
    named = set(re.findall(r'"#/components/(\w+)/(\w+)"', json.dumps(DESCRIBED)))
    assert [each for each in named if each[1] not in DESCRIBED["components"][each[0]]] == []
