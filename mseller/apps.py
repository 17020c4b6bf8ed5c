"""What the site keeps of a person is in what `chatkit_export` writes."""

from __future__ import annotations

from django.apps import AppConfig


class MsellerConfig(AppConfig):
    name = "mseller"

    def ready(self) -> None:
        from chatkit import personal_data

        from .models import Preference

        personal_data.register(
            personal_data.RecordKind(
                "preferences",
                lambda user: Preference.objects.filter(user_id=user.pk),
                ("language",),
                # They are the account's, which stays, and go with it.
                erased=lambda user: Preference.objects.none(),
            )
        )
