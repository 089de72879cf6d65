{% from "chosen.jinja" import series with context %}
{% if series %}
"""Holds the last week of a home against the four weeks before it."""
{% else %}
"""Tells the newest dates in a person's data."""
{% endif %}

from .service import {{ cookiecutter.package }}

__all__ = ["{{ cookiecutter.package }}"]
