"""Two hosts on one machine: `make cluster`."""
