"""How far a judge agrees with people, and people with each other."""
