"""USSD: codes like *100# and the menus they open (3GPP TS 27.007 §7.15)."""
