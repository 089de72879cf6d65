"""Factur-X and ZUGFeRD: a PDF that carries its invoice as XML (CII) in an embedded file.

In a PDF the streams of embedded files stand by themselves, never inside other objects (ISO 32000-1, 7.5.7), so that they
are found without reading the rest of the document. The pages themselves are not read.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from ..errors import FileRefused
from ..model import Bill, Record, Source, Text
from .bill import MAX_XML, read_bill
from .cii import CII
from .file import File, Held, Sample
from .importer import Importer, Item, Options

MAX_PDF = 100_000_000

_STREAM = re.compile(rb">>\s*stream\r?\n")
_LONGEST_HEAD = 4096
_INVOICE = b"CrossIndustryInvoice"


class FacturX:
    """The invoice that a PDF carries."""

    name = "factur-x-pdf"
    version = "1"
    title = Text(
        en="Electronic invoice in a PDF (Factur-X, ZUGFeRD)", fr="Facture électronique en PDF (Factur-X, ZUGFeRD)"
    )
    holder = "issuer"
    record_types: tuple[type[Record], ...] = (Bill,)

    def recognises(self, sample: Sample) -> bool:
        return sample.is_pdf and b" obj" in sample.data

    def read(self, file: File, source: Source, options: Options) -> Iterator[Item]:
        if file.size > MAX_PDF:
            raise FileRefused("It is a PDF of more than 100 MB.", where=file.name, next="Choose another file.")
        with file.open() as stream:
            content = stream.read()
        invoice = next((found for found in _embedded(content) if _INVOICE in found), None)
        if invoice is None:
            raise FileRefused(
                "It is a PDF document without an electronic invoice in it.",
                where=file.name,
                next="Ask the issuer for a Factur-X invoice, or the holder for the data as CSV, XLSX, JSON or XML.",
            )
        yield from read_bill(CII, Held(file.path, invoice), source, options)


def _embedded(content: bytes) -> Iterator[bytes]:
    """The embedded files of a PDF that are not compressed or deflated."""
    for stream in _STREAM.finditer(content):
        begin = content.rfind(b" obj", max(0, stream.start() - _LONGEST_HEAD), stream.start())
        end = content.find(b"endstream", stream.end())
        head = content[begin : stream.start()]
        if begin < 0 or end < 0 or b"/EmbeddedFile" not in head:
            continue
        found = content[stream.end() : end]
        if b"/Filter" not in head:
            yield found.strip()
        elif b"/FlateDecode" in head:
            try:
                yield zlib.decompressobj().decompress(found, MAX_XML)
            except zlib.error:
                continue


IMPORTERS: tuple[Importer, ...] = (FacturX(),)
