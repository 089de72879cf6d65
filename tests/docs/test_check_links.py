"""The link check passes a whole site and names each thing that is wrong in a bad one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from docs.check_links import main, problems

Site = Callable[[dict[str, str]], Path]

GOOD = {
    "index.html": """
        <link rel="stylesheet" href="assets/site.css"><link rel="canonical" href="https://example.org/">
        <script src="assets/site.js"></script><style>p { background: url(assets/a.png) }</style>
        <h1 id="top">Here</h1><a href="#top">up</a><a href="guide/">guide</a><a href="guide/index.html#%C3%A9t%C3%A9">summer</a>
        <a href="https://example.org">elsewhere, if you like</a><img src="data:image/png;base64,AA=="><img src="assets/a.png">
    """,
    "guide/index.html": '<h2 id="été">Summer</h2><a href="../index.html#top">home</a><a href="/guide/index.html">here</a>',
    "assets/site.css": '@font-face { src: url("a.png") } p { background: url(data:image/png;base64,AA==) }',
    "assets/site.js": "",
    "assets/a.png": "",
}


def test_a_whole_site_has_no_problems(site: Site) -> None:
    assert list(problems(site(GOOD))) == []


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ('<a href="gone.html">x</a>', "bad.html: gone.html leads nowhere"),
        ('<a href="/gone/">x</a>', "bad.html: /gone/ leads nowhere"),
        ('<a href="../outside.html">x</a>', "bad.html: ../outside.html leads nowhere"),
        ('<a href="#gone">x</a>', "bad.html: #gone leads to an anchor that is not there"),
        ('<a href="index.html#gone">x</a>', "bad.html: index.html#gone leads to an anchor that is not there"),
        ('<img src="gone.png">', "bad.html: gone.png is not there"),
        ('<img srcset="assets/a.png 1x, gone.png 2x">', "bad.html: gone.png is not there"),
        (
            '<img src="https://example.org/a.png">',
            "bad.html: https://example.org/a.png would be fetched from elsewhere",
        ),
        ('<script src="//cdn.example/a.js"></script>', "bad.html: //cdn.example/a.js would be fetched from elsewhere"),
        (
            '<link rel="preconnect" href="https://fonts.example">',
            "bad.html: https://fonts.example would be fetched from elsewhere",
        ),
        (
            '<p style="background: url(https://example.org/a.png)">x</p>',
            "bad.html: https://example.org/a.png would be fetched from elsewhere",
        ),
        (
            '<style>@import "https://example.org/a.css";</style>',
            "bad.html: https://example.org/a.css would be fetched from elsewhere",
        ),
    ],
)
def test_each_bad_page_is_found_for_one_reason(site: Site, body: str, says: str) -> None:
    assert list(problems(site({**GOOD, "bad.html": body}))) == [says]


def test_styles_are_looked_into(site: Site) -> None:
    bad = "p { background: url('gone.png') } @import url(https://example.org/a.css);"
    assert list(problems(site({**GOOD, "assets/bad.css": bad}))) == [
        "assets/bad.css: gone.png is not there",
        "assets/bad.css: https://example.org/a.css would be fetched from elsewhere",
    ]


def test_a_folder_without_pages_is_no_site(site: Site) -> None:
    assert list(problems(site({"a.txt": ""}))) == ["site: there are no pages"]


def test_the_command_fails_when_something_is_broken(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    folder = site(GOOD)
    assert main([str(folder)]) == 0
    (folder / "bad.html").write_text('<a href="gone.html">x</a>', encoding="utf-8")
    assert main([str(folder)]) == 1
    assert "gone.html leads nowhere" in capsys.readouterr().err
