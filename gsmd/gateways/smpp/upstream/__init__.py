"""gsmd as an ESME: SMSCs of others, each a carrier of the daemon's."""
