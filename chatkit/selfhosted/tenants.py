"""django-tenants: CHATKIT["CONNECTION_SCOPE"] = "chatkit.selfhosted.tenants.DjangoTenants"."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager

from django.db import connection


class DjangoTenants:
    """Each tenant's conversations in its own schema. `chatkit` stands in TENANT_APPS, as the user
    model does."""

    def current(self) -> str:
        return str(connection.schema_name)  # type: ignore[attr-defined]

    def entered(self, name: str) -> AbstractContextManager[object]:
        from django_tenants.utils import schema_context

        found: AbstractContextManager[object] = schema_context(name)
        return found

    def all(self) -> Iterable[str]:
        from django_tenants.utils import get_public_schema_name, get_tenant_model

        names = get_tenant_model().objects.values_list("schema_name", flat=True)
        return [name for name in names if name != get_public_schema_name()]
