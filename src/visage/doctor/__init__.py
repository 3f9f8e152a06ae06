"""What is installed here, what works, what is missing and how to get it."""

from visage.doctor.codecs import codecs
from visage.doctor.faces import faces
from visage.doctor.finding import Finding, State
from visage.doctor.machine import machine
from visage.doctor.servers import servers

__all__ = ["Finding", "State", "examine"]


def examine() -> list[Finding]:
    """Try everything, in a few seconds."""
    return [*machine(), *servers(), *codecs(), *faces()]
