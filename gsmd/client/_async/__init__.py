"""The asyncio client, written by hand; `gsmd.client._sync` is its blocking twin.

What differs from the twin by ``async`` and ``await`` alone is written here and generated there
(``make generate``): `call_group`, `client`, `inbound`. ``calls`` is generated on both sides, from the table of
methods. A connection and what waits on it truly differ between an event loop and threads: `connections`, `link`,
`listener` and `stream` are written by hand on both sides, and have the same names.
"""
