"""Documents rendered from data."""
