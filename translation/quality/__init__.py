"""How good translations are: against a set of sentences that people translated, shipped or a user's own."""
