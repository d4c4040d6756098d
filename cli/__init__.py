"""The command `paperglot`: one thin file a group of commands. Everything heavy is imported where it is used."""
