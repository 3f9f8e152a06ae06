"""JPEG: blocks that the change does not touch keep their coefficients; all else is copied (ITU-T T.81)."""
