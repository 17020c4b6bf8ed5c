"""The table of settings."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils.translation import gettext_lazy

from chatkit import conf


class TestGet:
    @pytest.mark.parametrize("setting", conf.SETTINGS, ids=lambda setting: setting.name)
    def test_default(self, settings: Any, setting: conf.Setting) -> None:
        settings.CHATKIT = {}
        assert conf.get(setting.name) == setting.default

    def test_no_setting_at_all(self, settings: Any) -> None:
        del settings.CHATKIT
        assert conf.get("SESSION_SECONDS") == 600

    def test_given(self, settings: Any) -> None:
        settings.CHATKIT = {"SESSION_SECONDS": 5}
        assert conf.get("SESSION_SECONDS") == 5
        settings.CHATKIT = {"SESSION_SECONDS": 6}
        assert conf.get("SESSION_SECONDS") == 6

    def test_unknown(self) -> None:
        with pytest.raises(KeyError):
            conf.get("COLOUR")

    @pytest.mark.parametrize("name", sorted(conf.MERGED))
    def test_one_entry_leaves_the_others_default(self, settings: Any, name: str) -> None:
        default = conf.BY_NAME[name].default
        first, *others = default
        settings.CHATKIT = {name: {first: "changed"}}
        assert conf.get(name) == {first: "changed"} | {other: default[other] for other in others}

    def test_a_reader_cannot_change_the_default(self, settings: Any) -> None:
        settings.CHATKIT = {}
        conf.get("THEME")["colorScheme"] = "dark"
        settings.CHATKIT = {"TITLE": "x"}
        assert conf.get("THEME") == {}

    @pytest.mark.parametrize("value", [None, [], "x"])
    def test_no_dict(self, settings: Any, value: Any) -> None:
        settings.CHATKIT = value
        assert conf.get("SESSION_SECONDS") == 600
        assert conf.wrong_values() == [f"CHATKIT is {type(value).__name__}, not a dict."]
        assert conf.unknown_keys() == []


class TestTable:
    @pytest.mark.parametrize("setting", conf.SETTINGS, ids=lambda setting: setting.name)
    def test_default_is_acceptable(self, setting: conf.Setting) -> None:
        assert setting.accepts(setting.default)

    @pytest.mark.parametrize("setting", conf.SETTINGS, ids=lambda setting: setting.name)
    def test_is_explained(self, setting: conf.Setting) -> None:
        assert setting.help.endswith(".")
        assert setting.expects


# Setting -> values that are wrong.
WRONG: dict[str, list[Any]] = {
    "WORKFLOWS": [["wf"], {"": "openai"}, {"wf": ""}, {"wf": None}, {1: "openai"}],
    "ACCESS": [None, print],
    "AUTHENTICATE": [5],
    "VISITORS": [
        *(5, "yes", [], {"messages": 20}, {"messages": "20"}, {"days": 0}, {"days": None}),
        *({"consent": 5}, {"budget": "20/d"}, {"total": "20/y"}, {"days": 10**9}),
    ],
    "ALLOWED_ORIGINS": [
        *("https://a.example", ["*"], ["a.example"], ["https://a.example/"], [None]),
        *(["https://u@a.example"], ["https://A.example"], ["null"]),
    ],
    "STREAMS": [5, "", "http://localhost", "localhost:6379"],
    "SESSION_SECONDS": [0, -1, 1.5, "600", True, None, 10**12],
    "OPENAI_API_KEY": [None, b"sk"],
    "OPENAI_BASE_URL": ["", "api.openai.com", "ftp://x", None, "https://", "http://[x"],
    "OPENAI_TIMEOUT": [5, (5,), (0, 1), ("1", 2), (1, 2, 3), (True, 1), (1, float("inf"))],
    "SESSION_OPTIONS": [[], None],
    "SCRIPT_URL": [5, "not a url", "chatkit.js", "javascript:alert(1)", "/a b.js"],
    "DOMAIN_KEY": [None],
    "USER_PREFIX": [None],
    "SHARING": [
        {},
        60,
        {"seconds": 0},
        {"seconds": 60, "who": ""},
        {"seconds": 60, "readers": 1},
        *(
            {"seconds": 60, "permission": each}
            for each in ("view_thread", "a.", ".b", "a.b.c", None)
        ),
        {"seconds": 10**12},
    ],
    "RATE_LIMITS": [
        {"session": "30"},
        {"session": "30/x"},
        {"session": "a/m"},
        {"session": "30 / m"},
        {"session": "30/mm"},
        {"session": "30/0m"},
        {"session": None},
        {"chat": "30/m"},
        ["30/m"],
    ],
    "BASE_TEMPLATE": [5],
    "TITLE": [None],
    "INFO_CARDS": [{}, 5],
    "SESSION_DETAILS": [None, "yes"],
    "THEME": ["dark", {"colour": {}}, {"colorScheme": "purple"}, {"density": 1}],
    "OPTIONS": [
        *([], {"theme": {}}, {"locale": ""}, {"header": True}, {"composer": {"attachments": {}}}),
        {"header": {"leftAction": {"icon": "home"}}},
    ],
    "LAUNCHER": [
        *([], {"position": "left"}, {"colour": "red"}, {"color": None}, {"label": 1}),
        {"icon": ["bot"]},
    ],
    "MODEL": [None],
    "MODEL_API": [None, "completions"],
    "KNOWLEDGE_DIR": [5],
    "VECTORS_DIR": [5],
    "CONNECTION_SCOPE": [5],
    "TRANSCRIBER": [
        {},
        {"model": " "},
        {"base_url": "https://speech.example"},
        {"model": "m", "base_url": "speech.example"},
        {"model": "m", "timeout": 0},
        {"model": "m", "key": "k"},
        ["m"],
    ],
    "ATTACHMENTS": [
        *({"max_size": "1"}, {"max_count": 0}, {"max_per_day": None}, {"size": 1}, []),
        *({"accept": []}, {"accept": {"png": [".png"]}}, {"accept": {"image/png": ["png"]}}),
        *({"enabled": "yes"}, {"scanner": None}),
    ],
    "RUN_TIMEOUT": [0, None, 10**12],
    "RETENTION_DAYS": [0, "30", 36_501, 10**9, 10**30],
    "ANSWER_LENGTH": [0, None, 1.5],
    "DATABASE_WAIT": [0, -1, "5", True, float("inf")],
    "OPEN_STREAMS": [0, None, "5"],
    "CONTEXT_HEADERS": [
        *("X-Org", ["Cookie"], [1], ["authorization"], [" "]),
        *(["Proxy_Authorization"], ["PROXY-AUTHORIZATION"], ["X-CSRFToken"], ["x_csrftoken"]),
        *(["X-Api-Key"], ["X_Session_Token"], ["cookie "]),
    ],
    "READING_SECONDS": [0, None, "600", 10**12],
    "PRICES": [
        [],
        {"m": 1},
        {"m": {"input": 1}},
        {"m": {"input": 1, "output": -1}},
        {"m": {"input": 1, "output": "2"}},
        {"m": {"input": 1, "output": 2, "image": 3}},
        {"m": {"input": float("nan"), "output": 2}},
        {"": {"input": 1, "output": 2}},
    ],
    "CURRENCY": [None, "", " ", "DOUBLOONS"],
    "METRICS_TOKEN": [None, 1],
    "TRACING": [1, None],
    "FOLLOW_UPS": [1, None],
}
RIGHT: dict[str, list[Any]] = {
    "RATE_LIMITS": [{"session": "30/m"}, {"message": "5/10s", "upload": "0/d"}],
    "OPENAI_BASE_URL": ["http://127.0.0.1:8080/v1", "https://eu.api.openai.com/v1/"],
    "OPENAI_TIMEOUT": [[1, 2], (0.5, 30)],
    "RETENTION_DAYS": [None, 30, 36_500],
    "SHARING": [None, {"seconds": 60, "permission": ""}, {"seconds": 60, "permission": "app.code"}],
    "CONTEXT_HEADERS": [["X-Org"], ("X_Org", "Origin")],
    "SCRIPT_URL": [None, "", "/static/mine.js", "https://cdn.example.com/c.js?v=1"],
    "THEME": [{"colorScheme": "dark", "radius": "round", "color": {"accent": {}}}],
    "OPTIONS": [
        {"locale": "es", "composer": {"placeholder": gettext_lazy("Ask")}},
        {"history": {"list": "beside"}, "startScreen": {"composer": "middle"}, "shortcuts": True},
        {"threadItemActions": {"edit": False, "versions": False, "followUps": True}},
        {"history": {"list": False}, "startScreen": {"composer": None, "last": None}},
    ],
    "WORKFLOWS": [
        {"wf": {"server": "openai", "prompts": [{"label": gettext_lazy("Ask"), "prompt": "Ask"}]}},
        {"wf": {"server": "openai", "visitors": False, "theme": {}, "limits": {"message": "9/m"}}},
    ],
    "LAUNCHER": [{}, {"position": "start", "label": gettext_lazy("Help"), "icon": "bot"}],
    "TITLE": ["Help", gettext_lazy("Help")],
    "PRICES": [{"m": {"input": 1, "output": 2.5}}, {"m": {"input": 1, "cached": 0, "output": 2}}],
    "CURRENCY": ["€", "BRL"],
    "METRICS_TOKEN": ["a long random text"],
    "TRANSCRIBER": [None, "", "shop.speech.write", {"model": "m", "api_key": "", "timeout": 5.5}],
    "ATTACHMENTS": [
        {},
        {"max_size": 5, "accept": {"image/png": [".png"], "text/*": ()}},
        {"enabled": False, "scanner": "shop.files.scan"},
    ],
}


class TestWrongValues:
    def test_every_setting_is_tried(self) -> None:
        assert set(WRONG) == set(conf.BY_NAME)

    @pytest.mark.parametrize(
        ("name", "value"), [(name, value) for name, values in WRONG.items() for value in values]
    )
    def test_wrong(self, settings: Any, name: str, value: Any) -> None:
        settings.CHATKIT = {name: value}
        (sentence,) = conf.wrong_values()
        assert sentence.startswith(f"CHATKIT[{name!r}]")
        assert conf.BY_NAME[name].expects in sentence or " has no part " in sentence

    @pytest.mark.parametrize(
        ("name", "value"), [(name, value) for name, values in RIGHT.items() for value in values]
    )
    def test_right(self, settings: Any, name: str, value: Any) -> None:
        settings.CHATKIT = {name: value}
        assert conf.wrong_values() == []

    def test_a_secret_is_not_shown(self, settings: Any) -> None:
        settings.CHATKIT = {"OPENAI_API_KEY": ["sk-canary"]}
        assert "canary" not in conf.wrong_values()[0]

    def test_unknown_keys(self, settings: Any) -> None:
        settings.CHATKIT = {"COLOUR": 1, "TITLE": "x", 5: 6}
        assert conf.unknown_keys() == ["COLOUR", "5"]
