"""One conversation: the graph, listening, disclosure, and the voice of the counterpart."""
