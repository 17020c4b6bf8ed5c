"""What the settings, the people and those who ask have in common."""

WORKFLOW, LIMITED = "wf_cluster", "wf_limited"
MESSAGES = 20  # an hour, of one person, to the second one
BUCKET = "chat"
