"""What the page offers to choose is what the service takes."""

import re

from gateway.site.assets import TEMPLATES
from gateway.views.files import content_type_of


def test_every_kind_of_file_that_is_offered_is_known() -> None:
    (accepted,) = re.findall(r'accept="([^"]+)"', (TEMPLATES / "parts" / "target.html").read_text())
    endings = [entry for entry in accepted.split(",") if entry.startswith(".")]
    assert endings
    assert [ending for ending in endings if content_type_of(f"file{ending}") == content_type_of("")] == []
