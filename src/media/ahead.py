"""What the functions of `media.jobs` load at first use, loaded at once: where workers are forked from."""

from importlib import import_module

from PIL import Image

for _name in ("media.joining.join", "media.plan", "media.previews.preview", "media.probe", "numpy.ma"):
    import_module(_name)
Image.preinit()
