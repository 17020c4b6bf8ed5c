"""Measures our site beside a plain FastAPI app on the same SDK: `make bench`.

`script` is what both answer, `servers` and `settings` are ours, `peer` and `peer_store` the
other's, `upstream` stands for OpenAI, `load` is the clients, `__main__` the rounds. Everything
happens on the loopback interface, bounded in time and count.
"""
