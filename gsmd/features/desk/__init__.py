"""The desk: customers answered by people, a conversation for each number."""
