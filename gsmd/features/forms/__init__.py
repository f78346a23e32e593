"""Forms: questions that are asked one after the other, and typed answers."""
