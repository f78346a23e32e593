"""Other gateways' interfaces, for programs that speak one of them and let their address be changed.

Each is a module, imported only if ``web.compat`` names it. All of them are made of the same pieces: a `Surface` knows the
paths, and how its programs show a token and read an error; a `Visit` is one request on its way, held to the roles and the
narrowing of its token as in REST; the `Ledger` keeps what the daemon has no place for (which messages go by one id, who
is to be called back); `Callbacks` takes what happened from durable handlers of the daemon and calls.
"""
