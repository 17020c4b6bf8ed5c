"""The field in which a row keeps its words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    TextField = models.TextField[str | None, str | None]
else:
    TextField = models.TextField


class WordsField(TextField):
    """Filled by its model's method `words_of_FIELD` whenever a row is inserted or saved, in bulk
    too. Null: not filled in yet. `indexed`: the databases have an index of it, see `lookup`."""

    def __init__(self, *args: Any, indexed: bool = False, **kwargs: Any) -> None:
        self.indexed = indexed
        super().__init__(*args, **{"null": True, "blank": True, "editable": False} | kwargs)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        words = getattr(model_instance, f"words_of_{self.attname}")()
        setattr(model_instance, self.attname, words)
        return words
