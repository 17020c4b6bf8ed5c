"""The site under a steady load for an hour: `make soak`."""
