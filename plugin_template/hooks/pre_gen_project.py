"""Refuses answers that would not make a correct project. Nothing of it has been written yet.

This file is a template too: the answers come in as a string of JSON, never as code.
"""

import builtins
import json
import keyword
import re
import sys
import unicodedata

GIVEN = json.loads({{ cookiecutter | jsonify | jsonify }})

WORD = r"[a-z](?:[a-z0-9-]*[a-z0-9])?"
EMAIL = r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
KINDS = {"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Nd"}
PICTURES = {"So"}
SPACES = " \u00a0\u202f"
# Letters, marks and pictures that show nothing, and what chooses between the forms of a sign.
BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
# File names that Windows keeps for devices.
DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
# Modules of other versions of Python, those on which a project stands, and names that its code has already.
TAKEN = set(
    """
    annotationlib asynchat asyncore cgi compression crypt distutils imp pipes telnetlib
    babel click cookiecutter defusedxml hypothesis jinja2 jsonschema numpy openpyxl packaging platformdirs pluggy
    pydantic pytest rfc8785 rich selfdata selfdata_sdk tests tzdata
    aimed by_day charted compared dataclass date days due fmean grown lowest newest per_person persona run_on said
    service service_tests timedelta together uses value
    """.split()
)


class Refused(Exception):
    """An answer that cannot be used; says the repair."""


def check_line(answer, kinds, signs, longest):
    """One line in one script, of characters of these kinds and signs, that shows as it is written."""
    if not 1 <= len(answer) <= longest:
        raise Refused(f"Give 1 to {longest} characters.")
    for character in answer:
        if BLANK.match(character) or not (unicodedata.category(character) in kinds or character in signs):
            raise Refused(f"Remove the character U+{ord(character):04X}. Allowed are letters, digits and {signs.strip()}")
    if ".." in answer:
        raise Refused("Remove two dots in a row.")
    if answer != answer.strip() or re.search(f"[{SPACES}][{SPACES}]", answer):
        raise Refused("Remove double spaces, and spaces at the ends.")
    if answer != unicodedata.normalize("NFC", answer):
        raise Refused("Type it anew: its accents are kept apart from their letters.")
    scripts = {unicodedata.name(c, "UNKNOWN").split()[0] for c in answer if unicodedata.category(c)[0] == "L"}
    if len(scripts) > 1:
        raise Refused(f"It mixes letters of {' and '.join(sorted(scripts))}, which can deceive. Use one script.")


def check_name(answer):
    check_line(answer, KINDS | PICTURES, SPACES + "!\"&'()+,-.:?%€–—’“”«»…", 60)


def check_id(answer):
    if len(answer) > 80 or not re.fullmatch(WORD + r"(?:\." + WORD + r"){2,}", answer):
        raise Refused("Give a domain of yours in reverse and a word, in lower case: org.example.water-coach.")
    check_slug(answer.rpartition(".")[2])


def check_package(answer):
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", answer):
        raise Refused("Give a name in lower-case letters, digits and _, with a letter first: water_coach.")
    python = {*keyword.kwlist, *keyword.softkwlist, *dir(builtins), *sys.stdlib_module_names}
    if answer in python | TAKEN | DEVICES:
        raise Refused(f"{answer} means something else already. Give another name, like my_{answer}.")


def check_author(answer):
    name, _, email = answer.partition(" <")
    check_line(name, KINDS, " &'(),-.’", 80)
    if email and not re.fullmatch(EMAIL + ">", email):
        raise Refused("Give a name, or a name and an address: Ada Example <ada@example.org>.")


def check_records(answer):
    check_list(answer, GIVEN["_records"])
    if not 1 <= len(answer.split(",")) <= 4:
        raise Refused("Give at most four. More can be asked for in service.py.")


def check_features(answer):
    if answer:
        check_list(answer, ("setting", "state", "chart"))


def check_list(answer, known):
    items = [item.strip(" ") for item in answer.split(",")]
    for item in items:
        if item not in known:
            raise Refused(f"{ascii(item[:40])} is none of {', '.join(known)}.")
    if len(set(items)) < len(items):
        raise Refused("One of them is there twice.")


def check_slug(answer):
    if not re.fullmatch(WORD, answer):
        raise Refused("Give a word in lower-case letters, digits and -: water-coach.")
    if answer in DEVICES or answer.replace("-", "_") in TAKEN:
        raise Refused(f"{answer} means something else already. Choose another word, like my-{answer}.")


def check_licence(answer):
    if answer not in ("Apache-2.0", "MIT"):
        raise Refused("Give Apache-2.0 or MIT.")


def check_year(answer):
    if not re.fullmatch(r"[0-9]{4}", answer):
        raise Refused("Give a year like 2026.")


CHECKS = {
    "name": check_name,
    "id": check_id,
    "package": check_package,
    "author": check_author,
    "records": check_records,
    "features": check_features,
    "__slug": check_slug,
    "__name_fr": check_name,
    "__licence": check_licence,
    "__year": check_year,
}


def main():
    wrong = False
    for field, check in CHECKS.items():
        try:
            check(GIVEN[field])
        except Refused as reason:
            wrong = True
            print(f"{field.lstrip('_')}: {reason}", file=sys.stderr)
    sys.exit(wrong)


main()
