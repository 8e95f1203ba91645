"""What a run came to: verdicts counted, tables, the page."""
