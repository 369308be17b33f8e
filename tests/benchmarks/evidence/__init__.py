"""Examines the archive as evidence from outside: the command, the database, the WARCs, and a site that changes."""
