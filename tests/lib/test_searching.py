"""Search finds what people mean, whatever the case and the accents."""

from lib.searching import fold


def test_case_and_accents_do_not_matter() -> None:
    assert fold("ÜNAL", "Straße", "Çelik") == "unal strasse celik"


def test_a_nul_is_nothing() -> None:
    assert fold("a\x00b") == "ab"
    assert fold("\x00") == ""
