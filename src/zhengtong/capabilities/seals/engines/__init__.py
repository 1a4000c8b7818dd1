"""What puts a seal on a document, makes OFD, and judges sealed files: knows nothing of rows, requests or approvals.

Where things are:

- ``material``: ``SealMaterial``, ``Placement``, and ``SealingRefused`` with its kinds, each its own sentence.
- ``pades``: ``sign_pdf(pdf, *, seal, placements, token, document, reason="") -> bytes``. One signature stands for
  each placement (PDF has no signature with several images): the token needs as many uses as there are placements.
- ``ofd``: ``make_ofd(layout) -> bytes``, of what ``pdf_layout.read_layout(pdf) -> Layout`` found: one document has
  both forms.
- ``ses``: ``make_ses_seal(*, code, name, kind, image_svg, width_mm, height_mm, certificates, not_before, not_after,
  maker_certificate, maker_key_name) -> bytes`` (the maker's key has the purpose CONTENT).
- ``ofd_signing``: ``sign_ofd(ofd, *, seal, placements, token, document) -> bytes``: one signature for all placements,
  one use of the token, which was given for ``seal.sm2_key_name``.
- ``verification``: ``verify_file(content, *, password="") -> Report``.

``document`` is everywhere the hex SHA-256 of the bytes that come in: other bytes are refused as ``OtherDocument``.
"""
