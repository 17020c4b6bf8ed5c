"""Documents that become drafts: `chatkit.documents` reads them, `reading` makes a draft of what it
found, `tasks` has it done, `reasons` says why one was refused."""
