"""Users and groups in the admin, with the names of permissions in the reader's language.

Django keeps the names of permissions in the database, in one language.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.auth import admin as auth
from django.contrib.auth.models import Group, Permission, User
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy

if TYPE_CHECKING:
    PermissionField = forms.ModelMultipleChoiceField[Permission]
    Mixin = admin.ModelAdmin[Any]
    UserBase = auth.UserAdmin[User]
else:
    PermissionField = forms.ModelMultipleChoiceField
    Mixin = object
    UserBase = auth.UserAdmin

ACTIONS = {
    "add": gettext_lazy("Can add"),
    "change": gettext_lazy("Can change"),
    "delete": gettext_lazy("Can delete"),
    "view": gettext_lazy("Can view"),
}


class PermissionChoice(PermissionField):
    def label_from_instance(self, permission: Permission) -> str:
        """App, model and name: "Customers | customer | Can add"; a name of its own translated."""
        kind = permission.content_type
        action = permission.codename.removesuffix(f"_{kind.model}")
        name = ACTIONS.get(action) or gettext(permission.name)
        return f"{kind.app_labeled_name} | {name}"


class WithPermissions(Mixin):
    """For the admin of a model that has permissions."""

    def formfield_for_manytomany(
        self, db_field: models.ManyToManyField[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.related_model is Permission:
            kwargs["form_class"] = PermissionChoice
            kwargs.setdefault("queryset", Permission.objects.select_related("content_type"))
        return super().formfield_for_manytomany(db_field, request, **kwargs)


admin.site.unregister([User, Group])


@admin.register(User)
class UserAdmin(WithPermissions, UserBase):
    pass


@admin.register(Group)
class GroupAdmin(WithPermissions, auth.GroupAdmin):  # type: ignore[misc]
    pass
