"""The living register as the offices read it: its balance, who was not confirmed, life abroad."""
