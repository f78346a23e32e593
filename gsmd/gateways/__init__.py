"""The gateways: how the world outside the machine reaches gsmd.

Each is a client of the Unix socket, in a process of its own: it talks with the daemon through
`gsmd.client` and knows nothing else of it. So a parser that faces a network cannot lose a message.
"""
