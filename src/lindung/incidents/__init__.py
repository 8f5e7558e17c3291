"""What befalls people: death, detention, going missing, being brought home; each with its tracks."""
