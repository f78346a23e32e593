"""Message storages of SIM and modem: which there are, what is in their slots."""
