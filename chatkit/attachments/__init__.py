"""Files that people attach to their messages.

`intake` looks at an upload (`names`, `kinds`, `images`), `files` stores and deletes, which may
wait for `later`, `links` signs addresses, `room` bounds how many come at once, `text` has what a
document says.
"""
