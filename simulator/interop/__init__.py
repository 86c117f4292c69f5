"""What is traded with people and other tools: annotation sheets, benchmark records, training data."""
