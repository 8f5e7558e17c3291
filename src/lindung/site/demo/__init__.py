"""The demonstration: accounts to sign in with, and a few lives told in full."""
