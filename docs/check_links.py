"""Check a built site: `python docs/check_links.py site`.

Every link, picture, script and style within it must be there, and every anchor; nothing may be fetched from elsewhere
when a page is read. A link that a reader may follow to elsewhere is not fetched, and is not checked.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

_FETCHED = {
    "audio": ("src",),
    "embed": ("src",),
    "iframe": ("src",),
    "image": ("href", "xlink:href"),
    "img": ("src", "srcset"),
    "input": ("src",),
    "link": ("href",),
    "object": ("data",),
    "script": ("src",),
    "source": ("src", "srcset"),
    "track": ("src",),
    "use": ("href", "xlink:href"),
    "video": ("src", "poster"),
}
_CSS_URL = re.compile(r"""(?:url\(\s*["']?|@import\s+["'])([^"')\s;]+)""")
_NOT_FETCHED_LINKS = {"alternate", "author", "canonical", "next", "prev"}


@dataclass
class Page(HTMLParser):
    """What a page refers to: `links` for readers, `fetched` by the browser; and the anchors it has."""

    links: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.anchors |= {values[n] for n in ("id", "name") if values.get(n)}
        if tag in ("a", "area") and "href" in values:
            self.links.append(values["href"])
        if tag == "link" and _NOT_FETCHED_LINKS & set(values.get("rel", "").split()):
            self.links.append(values.get("href", ""))
        else:
            self.fetched += [url for n in _FETCHED.get(tag, ()) if n in values for url in _urls(n, values[n])]
        self.fetched += _CSS_URL.findall(values.get("style", ""))
        self._in_style = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self.fetched += _CSS_URL.findall(data)


def _urls(name: str, value: str) -> list[str]:
    if name == "srcset":
        return [part.split()[0] for part in value.split(",") if part.strip()]
    return [value]


def problems(site: Path) -> Iterator[str]:
    """One sentence for each thing that is wrong, with the page it is on."""
    _parsed.cache_clear()  # the site may have been built anew
    site = site.resolve()
    pages = sorted(site.rglob("*.html"))
    if not pages:
        yield f"{site.name}: there are no pages"
    for file in pages:
        page = _parsed(file)
        where = file.relative_to(site).as_posix()
        for url in dict.fromkeys(page.fetched):
            yield from _fetched(site, file, where, url)
        for url in dict.fromkeys(page.links):
            yield from _link(site, file, where, url)
    for file in sorted(site.rglob("*.css")):
        where = file.relative_to(site).as_posix()
        for url in dict.fromkeys(_CSS_URL.findall(file.read_text("utf-8"))):
            yield from _fetched(site, file, where, url)


@cache
def _parsed(file: Path) -> Page:
    page = Page()
    page.feed(file.read_text("utf-8"))
    page.close()
    return page


def _fetched(site: Path, file: Path, where: str, url: str) -> Iterator[str]:
    parts = urlsplit(url)
    if parts.scheme in ("data", "about"):
        return
    if parts.scheme or parts.netloc:
        yield f"{where}: {url} would be fetched from elsewhere"
    elif parts.path and not _target(site, file, parts.path).is_file():
        yield f"{where}: {url} is not there"


def _link(site: Path, file: Path, where: str, url: str) -> Iterator[str]:
    parts = urlsplit(url)
    if parts.scheme or parts.netloc:
        return
    target = _target(site, file, parts.path) if parts.path else file
    if not target.is_file():
        yield f"{where}: {url} leads nowhere"
    elif parts.fragment and target.suffix == ".html" and unquote(parts.fragment) not in _parsed(target).anchors:
        yield f"{where}: {url} leads to an anchor that is not there"


def _target(site: Path, file: Path, path: str) -> Path:
    base = site if path.startswith("/") else file.parent
    target = (base / unquote(path).lstrip("/")).resolve()
    if not target.is_relative_to(site):
        return site / "outside of the site"
    return target / "index.html" if target.is_dir() else target


def main(arguments: list[str]) -> int:
    found = list(problems(Path(arguments[0] if arguments else "site")))
    for problem in found:
        print(problem, file=sys.stderr)
    print(f"{len(found)} broken" if found else "Every link leads somewhere, and nothing is fetched from elsewhere.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
