"""The admin: session records, conversations, runs."""

from django.contrib import admin

from .models import Run, Session, Thread

admin.site.register([Session, Thread, Run])
