"""The only place where modems, store, handlers and features meet."""
