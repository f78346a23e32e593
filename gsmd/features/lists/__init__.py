"""Lists of people who want to hear of something."""
