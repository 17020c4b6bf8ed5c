"""Runs: an answer belongs to its thread, not to the connection that asked for it.

Nothing in this folder loads the SDK. `lifecycle` starts and stops runs, `endings` stores their
ends, `process` has the event loop and the database workers, `listening` reads frames wherever
they come from, `heartbeat` stores new ones, `recovery` ends runs whose process is gone, `shutdown`
those of a process that is told to end. `inside_transaction` answers where all is one transaction,
as in tests.
"""
