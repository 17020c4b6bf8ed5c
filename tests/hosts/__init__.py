"""Sites that are made by their own tools, outside this checkout, and take the app as the README
says; see `project.py` for how to add one."""
