"""Fair turns: who is let in, what each client costs, and who is served next (docs/protocol.md, Fair turns).

`usage` measures a client by what it costs the event loop, `fair_queue` serves by that, `acceptor` lets
connections in by it, `metering` is the clock that all of them are charged by. The rest of the server
works the same without it.
"""
