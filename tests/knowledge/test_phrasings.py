"""Questions that editors have named: those of a folder's own file, and how near others are."""

from __future__ import annotations

import errno
import json
import logging
from pathlib import Path
from typing import Any

import pytest

from chatkit.knowledge import Knowledge, encoder
from chatkit.knowledge.files import MAX_PHRASINGS

from .conftest import failing

ROOT = Path(__file__).parents[2]
DATA = Path(__file__).parents[1] / "data"
KITES = "# Kites\n\n## Fly a kite\n\nRun against the wind. Let the line go. Look up to the sky.\n"
DRUMS = "# Drums\n\n## Tune a drum\n\nTurn the screws with a key until the skin sounds right.\n"
ASKED = "Why does my paper bird always fall down?"
NAMED: dict[str, Any] = {"article": "kites", "language": "en", "question": ASKED}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("kites", KITES), ("drums", DRUMS)):
        path = tmp_path / "en" / f"{name}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return tmp_path


@pytest.fixture(scope="module")
def help_by_words() -> Knowledge:
    return Knowledge(ROOT / "mseller" / "help", semantic=False)


def slugs(knowledge: Knowledge, question: str) -> list[str]:
    return [match.section.slug for match in knowledge.search(question).matches]


class TestFile:
    def test_it_leads_to_the_folders_articles_as_soon_as_it_is_there(self, folder: Path) -> None:
        knowledge = Knowledge(folder, semantic=False)
        assert slugs(knowledge, ASKED) == []
        (folder / "phrasings.json").write_text(json.dumps([NAMED]))
        assert slugs(knowledge, ASKED) == ["kites"]
        (folder / "phrasings.json").unlink()
        assert slugs(knowledge, ASKED) == []

    @pytest.mark.parametrize(
        "content",
        [b"", b"{}", b"[1]", b"\xff", b"[" * 100_000, b'[{"article": "kites"}]', b"7"]
        + [json.dumps([NAMED, NAMED | {"question": 7}]).encode()],
    )
    def test_one_that_is_none_is_told_in_the_log(
        self, folder: Path, content: bytes, caplog: pytest.LogCaptureFixture
    ) -> None:
        (folder / "phrasings.json").write_bytes(content)
        knowledge = Knowledge(folder, semantic=False)
        with caplog.at_level(logging.WARNING, "chatkit.knowledge"):
            assert slugs(knowledge, ASKED) == []
        assert slugs(knowledge, "How do I fly a kite?") == ["kites"]
        told = [record for record in caplog.records if "phrasings.json" in record.getMessage()]
        assert bool(told) == (content != b"{}")

    @pytest.mark.parametrize("fault", [errno.EMFILE, errno.EIO])
    def test_one_that_can_not_be_read_once_is_read_later(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, fault: int
    ) -> None:
        file = folder / "phrasings.json"
        file.write_text(json.dumps([NAMED]))
        knowledge = Knowledge(folder, semantic=False)
        with monkeypatch.context() as now:
            failing(now, file, fault)
            assert slugs(knowledge, ASKED) == []
            assert slugs(knowledge, "How do I fly a kite?") == ["kites"]
        assert slugs(knowledge, ASKED) == ["kites"]
        file.write_text(json.dumps([NAMED, NAMED]))
        failing(monkeypatch, file, fault)
        assert slugs(knowledge, ASKED) == ["kites"]  # what it said before

    def test_one_that_is_too_large_is_told_in_the_log(
        self, folder: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        with (folder / "phrasings.json").open("wb") as file:
            file.truncate(MAX_PHRASINGS + 1)
        with caplog.at_level(logging.WARNING, "chatkit.knowledge"):
            assert slugs(Knowledge(folder, semantic=False), "How do I fly a kite?") == ["kites"]
        assert "over 32 MiB" in caplog.text

    def test_those_of_the_samples_are_of_the_fitting_sets_alone(self) -> None:
        def questions(pattern: str) -> set[str]:
            paths = DATA.glob(pattern)
            return {one["question"] for path in paths for one in json.loads(path.read_bytes())}

        listed = json.loads((ROOT / "mseller" / "help" / "phrasings.json").read_bytes())
        named = {one["question"] for one in listed}
        assert named <= questions("questions_meaning_tuning*.json")
        assert not named & questions("questions*heldout*.json")


class TestNear:
    """Where the extra `semantic` is."""

    def test_what_is_asked_alike_is_found(self, folder: Path) -> None:
        if not encoder.installed():
            pytest.skip("without the extra `semantic`")
        near = "How come that my paper bird crashes all the time?"
        meaning = Knowledge(folder)._current().meaning(None)
        assert meaning is not None
        before = meaning.rank([(near, 1.0)], "en")
        (folder / "phrasings.json").write_text(json.dumps([NAMED]))
        meaning = Knowledge(folder)._current().meaning(None)
        assert meaning is not None
        after = meaning.rank([(near, 1.0)], "en")
        assert after.shares["kites"] > before.shares["kites"] + 0.5


class TestContraries:
    """ "Add a customer" is nearest to "remove a customer" for models of meaning."""

    QUESTIONS = (
        "How do I remove a customer?",
        "How do I delete a customer?",
        "how to get rid of a client",
        "Como apago um cliente?",
        "Como removo um cliente?",
        "¿Cómo quito un cliente?",
        "¿Cómo elimino un cliente?",
        "Comment supprimer un client ?",
        "Wie lösche ich einen Kunden?",
        "كيف أحذف عميلا؟",
    )

    @pytest.mark.parametrize("question", QUESTIONS)
    @pytest.mark.parametrize("by_meaning", [True, False])
    def test_who_removes_is_not_told_how_to_add(
        self, semantic_help: Knowledge, help_by_words: Knowledge, question: str, by_meaning: bool
    ) -> None:
        findings = (semantic_help if by_meaning else help_by_words).search(question)
        headings = [match.section.heading for match in findings.matches]
        assert not {"Add a customer", "Agregar un cliente"} & set(headings)
        if by_meaning and findings.matches:
            assert findings.matches[0].section.slug in ("customers", "privacy")

    @pytest.mark.parametrize(
        ("question", "heading"),
        [
            ("How do I add a customer?", "Add a customer"),
            ("¿Cómo agrego un cliente?", "Agregar un cliente"),
            ("How do I block a customer?", "Block or archive a customer"),
        ],
    )
    def test_the_others_are_answered_as_before(
        self, semantic_help: Knowledge, question: str, heading: str
    ) -> None:
        assert semantic_help.search(question).matches[0].section.heading == heading


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("hu", "Hogyan törölhetek egy ügyfelet?"),
        ("hu", "Mennyibe kerül?"),
        ("hu", "Hol látom a készletet?"),
        ("hu", "Miért nem működik?"),
        ("cs", "Jak smažu zákazníka?"),
        ("cs", "Zapomněl jsem heslo"),
        ("cs", "Kde vidím sklad?"),
        ("vi", "Làm thế nào để xóa khách hàng?"),
        ("vi", "Giá bao nhiêu?"),
        ("vi", "Tôi quên mật khẩu"),
        ("pl", "Jak usunąć klienta?"),
        ("tr", "Müşteriyi nasıl silerim?"),
        ("ro", "Cum șterg un client?"),
        ("sv", "Hur tar jag bort en kund?"),
        # With a name of such a language.
        ("en", "Where is Dvořák's order?"),
        ("en", "Block the account of Łukasz"),
        ("es", "¿Dónde está el pedido de Dvořák?"),
        ("de", "Wo finde ich die Rechnung für Nagyerdő?"),
        ("fr", "Où est la commande de Dvořák ?"),
        # Japanese that has more signs of Chinese than of its own.
        ("ja", "商品を削除する方法"),
        ("ja", "注文を取消"),
        ("ja", "見積書を印刷する方法"),
        ("ja", "QuickBooksとの連携方法"),
        ("zh", "如何删除客户"),
        ("zh", "约翰·史密斯的订单"),
        ("en", "How do I delete カメラ from my products?"),
        # Neighbours: "dos" is "two" and "of the".
        ("es", "cómo activo la verificación en dos pasos"),
        ("es", "cómo desactivo la verificación en dos pasos"),
        ("es", "quiero dos facturas"),
        ("pt", "como cancelar um pedido"),
        ("pt", "como ativo a verificação em dois passos"),
        ("pt", "não vejo os pedidos dos clientes"),
        ("fr", "deux commandes pour un client"),
        ("it", "come attivo le due verifiche del mio utente"),
    ],
)
@pytest.mark.parametrize("interface", ["en", "es"])
def test_the_language_of_short_questions(
    help_by_words: Knowledge, language: str, question: str, interface: str
) -> None:
    assert help_by_words.search(question, language=interface).language == language
