"""The talk on an open port: commands and replies, and what the modem says by itself."""
