"""Many conversations: plan, run, store, resume, statistics."""
