"""Optional apps, each with its own models, admin and tests. The rest of `chatkit` never imports
them: a site that leaves one out of INSTALLED_APPS pays nothing for it."""
