"""Codes, places, rates and published figures that everything else rests on."""
