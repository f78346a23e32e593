"""SMPP 3.4 and 5.0 without I/O: octets in, frozen values out, and the state of one session."""
