"""Who is acting, what they may do, which rows they see, and what they did."""
