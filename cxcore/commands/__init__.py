"""Level 6. The commands, one file a kind of answer; __main__ runs them."""
