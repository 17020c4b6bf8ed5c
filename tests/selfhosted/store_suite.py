"""What the SDK expects of a store, as one abstract class: subclass it with `make_*`."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from pydantic import AnyUrl

from chatkit.store import NotFoundError
from chatkit.types import (
    ActiveStatus,
    AssistantMessageContent,
    AssistantMessageItem,
    ClientToolCallItem,
    ClosedStatus,
    CustomTask,
    FileAttachment,
    HiddenContextItem,
    ImageAttachment,
    LockedStatus,
    SDKHiddenContextItem,
    TaskItem,
    ThreadMetadata,
    UserMessageItem,
    WidgetItem,
    Workflow,
    WorkflowItem,
)
from chatkit.widgets import DynamicWidgetRoot

NOW = datetime.datetime(2026, 3, 1, 12, 0, 0, 123456)


def thread(thread_id: str, minute: int = 0, **fields: Any) -> ThreadMetadata:
    return ThreadMetadata(
        id=thread_id, created_at=NOW + datetime.timedelta(minutes=minute), **fields
    )


def answer(item_id: str, text: str = "text", thread_id: str = "thr_1") -> AssistantMessageItem:
    return AssistantMessageItem(
        id=item_id,
        thread_id=thread_id,
        created_at=NOW,  # all alike: the order is the store's own matter
        content=[AssistantMessageContent(text=text)],
    )


def text(item: Any) -> str:
    return str(item.content[0].text)


class StoreSuite:
    """Each test gets `self.store` and `self.call(name, *args, context=...)`."""

    store: Any

    def call(self, name: str, *args: Any, context: Any = None, **kwargs: Any) -> Any:
        raise NotImplementedError

    def other_context(self) -> Any:
        """A context of another user."""
        raise NotImplementedError

    # -- threads -----------------------------------------------------------------------------

    def test_thread_comes_back_equal(self) -> None:
        saved = thread("thr_1", title="Prices", metadata={"a": None, "b": [1, {"c": "é"}]})
        self.call("save_thread", saved)
        assert self.call("load_thread", "thr_1") == saved

    def test_thread_is_saved_again(self) -> None:
        self.call("save_thread", thread("thr_1", title="Prices"))
        loaded = self.call("load_thread", "thr_1")
        loaded.title = "Orders"
        loaded.status = LockedStatus(reason="audit")
        loaded.metadata = {"step": 2}
        self.call("save_thread", loaded)
        assert self.call("load_thread", "thr_1") == loaded

    @pytest.mark.parametrize("status", [ActiveStatus(), LockedStatus(), ClosedStatus(reason="x")])
    def test_status_comes_back(self, status: Any) -> None:
        self.call(
            "save_thread", thread("thr_1", status=status, allowed_image_domains=["a.example"])
        )
        loaded = self.call("load_thread", "thr_1")
        assert (loaded.status, loaded.allowed_image_domains) == (status, ["a.example"])

    def test_loaded_thread_is_a_copy(self) -> None:
        self.call("save_thread", thread("thr_1", title="Prices"))
        self.call("load_thread", "thr_1").title = "changed, not saved"
        assert self.call("load_thread", "thr_1").title == "Prices"

    def test_unknown_thread_is_not_found(self) -> None:
        with pytest.raises(NotFoundError):
            self.call("load_thread", "thr_none")

    @pytest.mark.parametrize(("order", "expected"), [("desc", "54321"), ("asc", "12345")])
    def test_threads_page_through(self, order: str, expected: str) -> None:
        for number in range(1, 6):
            self.call("save_thread", thread(f"thr_{number}", minute=number))
        found, after = "", None
        while True:
            page = self.call("load_threads", limit=2, after=after, order=order)
            found += "".join(entry.id[-1] for entry in page.data)
            if not page.has_more:
                break
            after = page.after
        assert found == expected

    def test_threads_of_one_moment_page_through(self) -> None:
        for number in range(7):
            self.call("save_thread", thread(f"thr_{number}"))
        found: list[str] = []
        after = None
        while True:
            page = self.call("load_threads", limit=2, after=after, order="desc")
            found += [entry.id for entry in page.data]
            if not page.has_more:
                break
            after = page.after
        assert sorted(found) == [f"thr_{number}" for number in range(7)]

    def test_unknown_thread_cursor_is_not_found(self) -> None:
        with pytest.raises(NotFoundError):
            self.call("load_threads", limit=2, after="thr_none", order="desc")

    def test_delete_thread_takes_its_items(self) -> None:
        self.call("save_thread", thread("thr_1"))
        self.call("add_thread_item", "thr_1", answer("msg_1"))
        self.call("delete_thread", "thr_1")
        with pytest.raises(NotFoundError):
            self.call("load_thread", "thr_1")
        with pytest.raises(NotFoundError):
            self.call("load_item", "thr_1", "msg_1")

    def test_delete_unknown_thread_is_no_error(self) -> None:
        self.call("delete_thread", "thr_none")

    # -- items -------------------------------------------------------------------------------

    def test_items_of_every_kind_come_back_equal(self) -> None:
        self.call("save_thread", thread("thr_1"))
        base: dict[str, Any] = {"thread_id": "thr_1", "created_at": NOW}
        items = [
            UserMessageItem.model_validate(
                base
                | {
                    "id": "msg_1",
                    "content": [
                        {"type": "input_text", "text": "hi"},
                        {"type": "input_tag", "id": "t", "text": "@x", "data": {"k": None}},
                    ],
                    "attachments": [
                        {
                            "type": "image",
                            "id": "atc_1",
                            "name": "p.png",
                            "mime_type": "image/png",
                            "preview_url": "https://a.example/p",
                            "metadata": {"kept": True},
                        }
                    ],
                    "quoted_text": "q",
                    "inference_options": {"tool_choice": {"id": "t"}, "model": "m"},
                }
            ),
            answer("msg_2", "¿Qué? 🙂"),
            ClientToolCallItem(
                id="tc_1",
                call_id="call_1",
                name="n",
                arguments={"a": None, "b": [None]},
                status="completed",
                output={"c": None},
                **base,
            ),
            WorkflowItem(
                id="wf_1",
                workflow=Workflow(type="custom", tasks=[CustomTask(title="t")], expanded=True),
                **base,
            ),
            TaskItem(id="tsk_1", task=CustomTask(title="t", icon="info"), **base),
            HiddenContextItem(id="hc_1", content={"k": [1]}, **base),
            HiddenContextItem(id="hc_2", content=None, **base),
            SDKHiddenContextItem(id="shcx_1", content="note", **base),
        ]
        for item in items:
            self.call("add_thread_item", "thr_1", item)
        page = self.call("load_thread_items", "thr_1", None, 20, "asc")
        assert page.data == items

    def test_widget_keeps_what_the_strict_classes_do_not_know(self) -> None:
        self.call("save_thread", thread("thr_1"))
        root = {
            "type": "Card",
            "border": {"size": 2},
            "children": [
                {"type": "Table", "children": [{"type": "Table.Row", "header": True}]},
                {"type": "Text", "value": "x", "novelty": "kept"},
            ],
        }
        item = WidgetItem(
            id="msg_1",
            thread_id="thr_1",
            created_at=NOW,
            widget=DynamicWidgetRoot.model_validate(root),
        )
        self.call("add_thread_item", "thr_1", item)
        loaded = self.call("load_item", "thr_1", "msg_1")
        assert loaded.widget.model_dump(exclude_none=True) == root

    def test_items_keep_the_order_in_which_they_came(self) -> None:
        self._ten_items()
        page = self.call("load_thread_items", "thr_1", None, 20, "asc")
        assert [item.id for item in page.data] == [f"msg_{number}" for number in range(10)]

    @pytest.mark.parametrize("order", ["asc", "desc"])
    def test_items_page_through(self, order: str) -> None:
        self._ten_items()
        found: list[str] = []
        after = None
        while True:
            page = self.call("load_thread_items", "thr_1", after, 3, order)
            found += [item.id for item in page.data]
            if not page.has_more:
                break
            after = page.after
        expected = [f"msg_{number}" for number in range(10)]
        assert found == (expected if order == "asc" else expected[::-1])

    def test_last_item_is_the_last_added(self) -> None:
        self._ten_items()
        page = self.call("load_thread_items", "thr_1", None, 1, "desc")
        assert [item.id for item in page.data] == ["msg_9"]

    def test_item_added_again_keeps_its_place(self) -> None:
        self._ten_items()
        self.call("add_thread_item", "thr_1", answer("msg_4", "new"))
        page = self.call("load_thread_items", "thr_1", None, 20, "asc")
        assert [item.id for item in page.data] == [f"msg_{number}" for number in range(10)]
        assert text(page.data[4]) == "new"

    def test_save_item_replaces_and_adds(self) -> None:
        self.call("save_thread", thread("thr_1"))
        self.call("save_item", "thr_1", answer("msg_1", "one"))
        self.call("save_item", "thr_1", answer("msg_1", "two"))
        assert text(self.call("load_item", "thr_1", "msg_1")) == "two"

    def test_same_id_in_two_threads_are_two_items(self) -> None:
        for thread_id in ("thr_1", "thr_2"):
            self.call("save_thread", thread(thread_id))
            self.call("add_thread_item", thread_id, answer("fake", thread_id, thread_id))
        assert text(self.call("load_item", "thr_1", "fake")) == "thr_1"
        assert text(self.call("load_item", "thr_2", "fake")) == "thr_2"

    def test_unknown_items_are_not_found(self) -> None:
        self.call("save_thread", thread("thr_1"))
        with pytest.raises(NotFoundError):
            self.call("load_item", "thr_1", "msg_none")
        with pytest.raises(NotFoundError):
            self.call("load_thread_items", "thr_1", "msg_none", 20, "asc")
        with pytest.raises(NotFoundError):
            self.call("load_thread_items", "thr_none", None, 20, "asc")

    def test_items_of_an_empty_thread(self) -> None:
        self.call("save_thread", thread("thr_1"))
        page = self.call("load_thread_items", "thr_1", None, 20, "asc")
        assert (page.data, page.has_more) == ([], False)

    def test_delete_item(self) -> None:
        self._ten_items()
        self.call("delete_thread_item", "thr_1", "msg_3")
        self.call("delete_thread_item", "thr_1", "msg_never_stored")
        page = self.call("load_thread_items", "thr_1", None, 20, "asc")
        assert "msg_3" not in [item.id for item in page.data]
        assert len(page.data) == 9

    # -- attachments ---------------------------------------------------------------------------

    def test_attachments_come_back_and_are_saved_again(self) -> None:
        file = FileAttachment(
            id="atc_1", name="a.pdf", mime_type="application/pdf", metadata={"k": 1}
        )
        image = ImageAttachment(
            id="atc_2",
            name="b.png",
            mime_type="image/png",
            preview_url=AnyUrl("https://a.example/b"),
        )
        self.call("save_thread", thread("thr_1"))
        for attachment in (file, image):
            self.call("save_attachment", attachment)
            assert self.call("load_attachment", attachment.id) == attachment
            sent = attachment.model_copy(update={"thread_id": "thr_1"})
            self.call("save_attachment", sent)
            assert self.call("load_attachment", attachment.id) == sent
            self.call("delete_attachment", attachment.id)
            with pytest.raises(NotFoundError):
                self.call("load_attachment", attachment.id)

    # -- owners ----------------------------------------------------------------------------------

    def test_nothing_of_another_user_is_found(self) -> None:
        self._ten_items()
        self.call("save_attachment", FileAttachment(id="atc_1", name="a", mime_type="text/plain"))
        other = self.other_context()
        for call in (
            ("load_thread", "thr_1"),
            ("load_item", "thr_1", "msg_1"),
            ("load_thread_items", "thr_1", None, 20, "asc"),
            ("load_thread_items", "thr_1", "msg_1", 20, "asc"),
            ("load_attachment", "atc_1"),
            ("save_thread", thread("thr_1", title="taken")),
            ("save_item", "thr_1", answer("msg_1", "changed")),
            ("add_thread_item", "thr_1", answer("msg_new")),
            ("save_attachment", FileAttachment(id="atc_1", name="b", mime_type="text/plain")),
        ):
            other = self.other_context()
            with pytest.raises(NotFoundError):
                self.call(*call, context=other)
        assert self.call("load_threads", 20, None, "desc", context=self.other_context()).data == []
        self.call("delete_attachment", "atc_1", context=self.other_context())
        self.call("delete_thread", "thr_1", context=self.other_context())
        assert self.call("load_thread", "thr_1").title is None
        assert text(self.call("load_item", "thr_1", "msg_1")) == "text"
        assert self.call("load_attachment", "atc_1").name == "a"
        page = self.call("load_thread_items", "thr_1", None, 20, "asc")
        assert len(page.data) == 10

    # -- ids -------------------------------------------------------------------------------------

    def test_generated_ids_are_long_and_say_their_kind(self) -> None:
        for kind, prefix in (("message", "msg"), ("tool_call", "tc"), ("workflow", "wf")):
            made = self.store.generate_item_id(kind, thread("thr_1"), self.other_context())
            assert made.startswith(f"{prefix}_")
            assert len(made) == len(prefix) + 33
        assert len(self.store.generate_thread_id(self.other_context())) == 36

    def _ten_items(self) -> None:
        self.call("save_thread", thread("thr_1"))
        for number in range(10):
            self.call("add_thread_item", "thr_1", answer(f"msg_{number}"))
