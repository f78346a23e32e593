"""What every process of gsmd has: systemd's notices, signals, log lines, sockets to listen on."""
