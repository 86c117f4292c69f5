"""The ground: languages, normal forms, patterns, clauses, negation, and making hostile text inert."""
