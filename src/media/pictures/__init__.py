"""Pictures as targets: looked at upright in 8 bits, and changed in their own format, depth and colors.

    original ──► look (8-bit BGR, upright) ──► an agent paints ──► Change: a box, before and after
        └──────────────── apply the difference to the stored values ◄──┘

Whatever the change does not touch is copied: pixels, coefficients, metadata.
"""
