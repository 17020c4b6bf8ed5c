"""Customers with their notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest

from .models import Customer, Note

if TYPE_CHECKING:
    CustomerBase = admin.ModelAdmin[Customer]
    NoteBase = admin.TabularInline[Note, Customer]
else:
    CustomerBase = admin.ModelAdmin
    NoteBase = admin.TabularInline


class NoteInline(NoteBase):
    model = Note
    extra = 0
    fields = ["text", "due_on", "author", "created_at"]
    readonly_fields = ["author", "created_at"]


@admin.register(Customer)
class CustomerAdmin(CustomerBase):
    list_display = ["name", "email", "phone"]
    search_fields = ["name", "email", "phone"]
    inlines = [NoteInline]

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Make the user who adds a note its author."""
        for note in formset.save(commit=False):
            if note.pk is None:
                note.author = request.user
            note.save()
        for note in formset.deleted_objects:
            note.delete()
        formset.save_m2m()
