"""The worker's and candidate's own pages: all stages of a life on one phone."""
