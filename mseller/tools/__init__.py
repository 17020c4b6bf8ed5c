"""What the Makefile runs: installing, building, serving.

`console`, `install`, `frontend` and `dotenv` run on a bare Python, before anything is installed.
"""
