"""Says papers in another language, offline: Argos packages on CTranslate2, formulas and names unaltered."""
