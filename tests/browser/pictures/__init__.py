"""Pictures of what people see, in a real Chromium.

`make screenshots` takes those of the documentation (`docs`). Those of every state of the site, to
be looked at, go to a folder of one's own: `python -m tests.browser.pictures FOLDER [state …]
[look …]` (`site`, `looks`).
"""
