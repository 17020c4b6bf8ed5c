"""Runs: an answer belongs to its thread, not to the connection that asked for it.

Nothing in this folder loads the SDK. `lifecycle` starts and ends runs, `process` holds what a
server process keeps for them, `listening` reads their frames wherever they live, `heartbeat`
stores what is new, `recovery` ends runs whose process is gone, `shutdown` those of a process
that ends.
"""
