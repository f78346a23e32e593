"""Users, their ways in, tokens of programs, and the record of what they did."""
