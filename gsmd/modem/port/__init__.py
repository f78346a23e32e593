"""Serial ports: where they are, who has them open, and octets in and out."""
