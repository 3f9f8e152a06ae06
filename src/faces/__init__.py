"""Faces in pictures: finding them, aligning them, judging a face photo. A plain synchronous library."""
