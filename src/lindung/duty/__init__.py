"""Who is on duty at a post, and who is next when nobody answers."""
