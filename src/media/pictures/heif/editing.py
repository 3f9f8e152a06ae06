"""Changes to the items of a HEIF file."""

from media.pictures.heif.boxes import Box
from media.pictures.heif.meta import ESSENTIAL, Item, Meta, Reference

_ALPHA = (b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", b"urn:mpeg:hevc:2015:auxid:1")


def prune(meta: Meta, tiles: tuple[int, ...]) -> None:
    """Leave the picture, its transparency, and what describes it; no other picture."""
    kept = {meta.primary, *tiles}
    for number in meta.sources(b"auxl", meta.primary):
        purpose = meta.property_of(number, b"auxC") or b""
        if purpose[4:].startswith(_ALPHA):
            kept |= {number, *meta.targets(b"dimg", number)}
    for number in (meta.primary, *tiles):
        kept |= {
            one
            for one in meta.sources(b"cdsc", number)
            if meta.items[one].kind in (b"Exif", b"mime", b"uri ")
        }
    meta.items = {number: item for number, item in meta.items.items() if number in kept}
    references = (
        Reference(one.kind, one.source, tuple(target for target in one.targets if target in kept))
        for one in meta.references
        if one.source in kept
    )
    meta.references = [one for one in references if one.targets]


def exchange(meta: Meta, item: Item, kind: bytes, value: int | None) -> None:
    """Give an item another property of a kind, or none."""
    others = [
        place
        for place in item.properties
        if not 0 < place & ~ESSENTIAL <= len(meta.properties)
        or meta.properties[(place & ~ESSENTIAL) - 1].kind != kind
    ]
    # Properties that turn the picture come after those that describe it.
    item.properties = others if value is None else [value, *others]


def add(meta: Meta, item: Item, box: Box) -> None:
    """Give an item a property of its own, in the place of others of its kind."""
    meta.properties.append(box)
    exchange(meta, item, box.kind, len(meta.properties))


def retyped(entry: Box, kind: bytes) -> Box:
    """The entry of an item that is coded otherwise."""
    place = 8 if entry.data[0] == 2 else 10  # after version and flags, number and protection
    return Box(entry.kind, entry.data[:place] + kind + entry.data[place + 4 :])
