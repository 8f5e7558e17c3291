"""Whom placement rests on: agencies and their licence, partners abroad, providers, and known problems."""
