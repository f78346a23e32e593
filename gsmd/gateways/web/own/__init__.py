"""The part of REST that is the gateway's own: me, users, invitations, tokens, sessions, passkeys, the audit log."""
