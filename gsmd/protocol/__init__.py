"""The contract of the socket, once: messages, types, bounds, errors, and the table of methods.

Pure values and tables, without I/O and without a clock. The server (`gsmd.api`), the clients
(`gsmd.client`), the command line, the gateways and the documentation come from it. A noun of the
protocol is a file here: its parameters, its results, and a row for each of its methods.
"""
