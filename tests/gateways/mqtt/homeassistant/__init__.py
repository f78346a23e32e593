"""A real Home Assistant at the same broker: ``make homeassistant``."""
