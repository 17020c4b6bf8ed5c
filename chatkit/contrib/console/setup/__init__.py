"""What an operator sets up: the starter prompts, the offline switch, and what the doctor finds."""
