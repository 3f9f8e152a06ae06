"""HEIC and AVIF: the items that hold the picture are coded anew, all else of the file is copied (ISO/IEC 23008-12)."""
