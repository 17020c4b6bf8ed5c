"""A person's conversations as a list: in the order of their last use, searched, pinned, archived,
deleted; by addresses of their own beside the protocol, which knows none of it."""
