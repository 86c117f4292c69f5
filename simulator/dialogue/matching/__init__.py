"""Which facts of a case a question asks for, by meaning: the learned matcher of the listener (docs/listening.md)."""
