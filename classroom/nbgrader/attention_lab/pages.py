"""What a student's HTML may do in the pages that a teacher opens: look like text, and nothing else."""

import bleach
from nbconvert import filters

#: What Markdown makes, besides what bleach allows by itself. No scripts, frames, forms, or pictures.
TAGS = set(
    "br code dd del details div dl dt h1 h2 h3 h4 h5 h6 hr p pre s span sub summary sup "
    "table tbody td tfoot th thead tr u".split()
)


def clean_html(html: str | bytes) -> str:
    """Takes nbconvert's filter of that name's place, which knows no headings and no paragraphs."""
    text = html.decode() if isinstance(html, bytes) else str(html)
    attributes = {**bleach.ALLOWED_ATTRIBUTES, "*": ["class", "id"]}
    return bleach.clean(text, tags=TAGS | set(bleach.ALLOWED_TAGS), attributes=attributes)


def markdown2html(source: str) -> str:
    """The same for Markdown: nbgrader's templates do not ask for it to be cleaned."""
    return clean_html(filters.markdown2html(source))
