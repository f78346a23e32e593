"""MQTT: gsmd at a broker, for homes and machines."""
