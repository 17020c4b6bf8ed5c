"""Documents as Markdown: PDF, Word (DOCX), HTML, text and CSV.

`worker` reads a file in a process of its own, which knows nothing of the site and has little time
and memory (`child`). No module here loads Django.
"""
