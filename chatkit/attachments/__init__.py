"""Files that people attach to their messages: `files` deletes what storages hold."""
