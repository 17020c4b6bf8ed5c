"""Optional apps, each with its own models, admin and tests. The rest of `chatkit` never imports
them, so that one that is not in INSTALLED_APPS costs nothing."""
