"""Measures how good translations are, on sentences that people translated: the shipped ones or a user's own."""
