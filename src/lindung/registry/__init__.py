"""Workers, their families, employers and recruiters: who they are and what is known of them."""
