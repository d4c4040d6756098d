"""Translates papers offline, with Argos packages on CTranslate2; formulas and names stay unaltered."""
