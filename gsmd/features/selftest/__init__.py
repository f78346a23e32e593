"""An SMS that really goes out and comes back, and how long that takes."""
