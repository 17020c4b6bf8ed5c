"""Documents that become drafts: PDF, Word (DOCX), HTML, text and CSV.

`worker` reads a file in a process of its own, which knows nothing of the site and has little time
and memory (`child`); `reading` makes a draft of what it found. Of the modules here only
`reading`, `reasons` and `tasks` load Django.
"""
