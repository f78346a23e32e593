"""``gsmd fleet``: the agent of a box, one of many behind one NATS JetStream."""
