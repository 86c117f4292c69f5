"""What moves a judge's verdicts though nothing it should judge has changed."""
