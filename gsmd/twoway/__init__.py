"""What people run SMS services for, as decisions: no I/O, no store, no clock. The core carries them out."""
