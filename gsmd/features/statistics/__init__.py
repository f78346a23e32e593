"""Statistics: what was sent, what came of it, what was answered and how soon."""
