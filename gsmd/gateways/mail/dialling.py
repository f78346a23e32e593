"""Numbers in addresses: which of them are international although the ``+`` is left out.

Many programs and address books cannot write ``+`` in an address, so ``33612345678@`` is +33612345678. A national number is
written as it is dialled: where that begins with a 0, what does not is no national one. Elsewhere (Spain, Denmark, North
America) digits that are a number of the country are taken for that.
"""

from gsmd.numbers import SHORT_CODE

_TRUNK = "0"


def completed(typed: str, country: str | None) -> str:
    """The number with its ``+`` if it is an international one; else as it was typed. ``country``: where we are."""
    if not typed.isdigit() or len(typed) <= SHORT_CODE or typed.startswith(_TRUNK):
        return typed
    import phonenumbers  # the tables cost memory

    if country is not None and not _begins_with_a_trunk_prefix(country):
        try:
            if phonenumbers.is_valid_number(phonenumbers.parse(typed, country)):
                return typed
        except phonenumbers.NumberParseException:
            pass
    try:
        international = phonenumbers.is_possible_number(phonenumbers.parse(f"+{typed}", None))
    except phonenumbers.NumberParseException:
        return typed
    return f"+{typed}" if international else typed


def _begins_with_a_trunk_prefix(country: str) -> bool:
    import phonenumbers

    metadata = phonenumbers.PhoneMetadata.metadata_for_region(country)
    return bool(metadata and metadata.national_prefix == _TRUNK)
