"""What a paper is, and where it is kept: the catalogue, the system of record."""
