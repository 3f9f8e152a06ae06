"""Where every sentence of a page passes through, so that a second language is a table and not a rewrite."""


def t(text: str, **values: object) -> str:
    """`text` in the reader's language, with `{names}` filled in."""
    return text.format(**values) if values else text
