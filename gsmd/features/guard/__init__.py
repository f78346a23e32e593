"""The guard: no machine talks to a machine all night."""
