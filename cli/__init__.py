"""The command `paperglot`: one file a command, named as the command. Everything heavy is imported where it is used."""
