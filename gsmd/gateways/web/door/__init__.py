"""What a request passes before anybody looks at what it wants: where it comes from, who sends it, how often."""
