"""Papers for assistants: programs that talk with a language model, and ask for papers in its name."""
