"""``gsmd smpp``: an SMSC to any ESME. The codec and the session are `gsmd.smpp`; this has the sockets and the daemon."""
