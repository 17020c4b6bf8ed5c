"""Fields that hold a code of the site's, such as a workflow's id, as a list to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Field
from django.forms import ChoiceField
from django.http import HttpRequest
from django.utils.text import capfirst

from .base import SELECT
from .recorded import RecordedAdmin

Choices = Sequence[tuple[str, Any]]


class ChoosingAdmin(RecordedAdmin):
    """Of rows with such fields."""

    def offered(self) -> dict[str, Choices]:
        """What may be chosen, by the name of the field."""
        return {}

    def formfield_for_dbfield(
        self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Offer what the site has instead of a field for a code."""
        if choices := self.offered().get(db_field.name):
            return ChoiceField(
                choices=choices,
                required=not db_field.blank,
                widget=SELECT,
                label=capfirst(db_field.verbose_name),
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_form(self, request: HttpRequest, obj: Any = None, *args: Any, **kwargs: Any) -> Any:
        """A row keeps a code that the site has no more: without it among the choices a browser
        would send the first one, which means all."""
        form: Any = super().get_form(request, obj, *args, **kwargs)
        for name in self.offered():
            field, own = form.base_fields.get(name), getattr(obj, name, "")
            if obj is not None and field is not None and own not in dict(field.choices):
                field.choices = [*field.choices, (own, own)]
        return form
