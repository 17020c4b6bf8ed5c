from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "mseller.customers"
    verbose_name = _("Customers")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chatkit import personal_data

        from .models import Note

        personal_data.register(
            personal_data.RecordKind(
                "customer_notes",
                lambda user: Note.objects.filter(author_id=user.pk),
                ("id", "customer_id", "text", "due_on", "created_at"),
                # What is to be done for a customer is the business's: it stays, of nobody.
                forget=lambda notes: notes.update(author=None),
            )
        )
