"""A proof leads from its own leaf at its own place to the root, and from nothing else; headers have one reading."""

import json
from hashlib import new

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhengtong_verify import journal
from zhengtong_verify.canonical import canonical, is_canonical, sm3
from zhengtong_verify.merkle import Tree, compute_root, hash_leaf, hash_node, hash_root

LEAVES = st.integers(1, 70).map(lambda size: [hash_leaf(bytes([each])) for each in range(size)])


def by_the_standard(entries: list[bytes]) -> bytes:
    """RFC 9162 2.1.1, word by word."""
    if not entries:
        return new("sm3").digest()
    if len(entries) == 1:
        return new("sm3", b"\x00" + entries[0]).digest()
    k = 1
    while k * 2 < len(entries):
        k *= 2
    return new("sm3", b"\x01" + by_the_standard(entries[:k]) + by_the_standard(entries[k:])).digest()


@given(entries=st.lists(st.binary(max_size=40), max_size=70))
def test_the_root_is_the_standards(entries: list[bytes]) -> None:
    assert hash_root(map(hash_leaf, entries)) == by_the_standard(entries)


@given(leaves=LEAVES, data=st.data())
def test_every_leaf_is_proven_at_its_place_only(leaves: list[bytes], data: st.DataObject) -> None:
    tree = Tree(leaves)
    place = data.draw(st.integers(0, len(leaves) - 1))
    proof = tree.prove(place)
    assert compute_root(leaves[place], place, tree.size, proof) == tree.root == hash_root(leaves)
    other = data.draw(st.integers(-1, len(leaves) + 1))
    if other != place:
        assert compute_root(leaves[place], other, tree.size, proof) != tree.root
    assert compute_root(hash_leaf(b"another"), place, tree.size, proof) != tree.root
    assert compute_root(leaves[place], place, tree.size, [*proof, leaves[place]]) is None
    if proof:
        cut = data.draw(st.integers(0, len(proof) - 1))
        assert compute_root(leaves[place], place, tree.size, proof[:cut]) != tree.root
        bent = [*proof[:cut], hash_leaf(proof[cut]), *proof[cut + 1 :]]
        assert compute_root(leaves[place], place, tree.size, bent) != tree.root


@given(leaves=LEAVES, data=st.data())
def test_another_order_is_another_root(leaves: list[bytes], data: st.DataObject) -> None:
    turned = data.draw(st.permutations(leaves))
    assert (hash_root(turned) == hash_root(leaves)) == (turned == leaves)


def test_a_node_does_not_pass_for_a_leaf() -> None:
    left, right = hash_leaf(b"1"), hash_leaf(b"2")
    assert hash_leaf(left + right) != hash_node(left, right)
    with pytest.raises(IndexError):
        Tree([left]).prove(1)


@given(sizes=st.lists(st.integers(1, 9), min_size=1, max_size=9), data=st.data())
def test_blocks_hang_together(sizes: list[int], data: st.DataObject) -> None:
    """Whatever is changed in one block, the next one's name for it doesn't fit any more."""
    previous, headers = journal.BEGINNING, []
    for number, size in enumerate(sizes, 1):
        root = hash_root(journal.entry_of_record(number * 100 + each, sm3(bytes([each]))) for each in range(size))
        header = journal.write_block(
            number=number, previous=previous, root=root.hex(), count=size, closed_at="2026-11-21T00:00:00+00:00"
        )
        assert is_canonical(header)
        assert journal.is_header(json.loads(header), journal.BLOCK)
        headers.append(header)
        previous = journal.hash_header(header)
    at = data.draw(st.integers(0, len(headers) - 1))
    name = data.draw(st.sampled_from(["number", "count", "closed_at", "root"]))
    fields = json.loads(headers[at])
    changed = canonical({**fields, name: fields[name] + 1 if isinstance(fields[name], int) else fields[name][::-1]})
    if changed != headers[at] and at + 1 < len(headers):
        assert json.loads(headers[at + 1])["previous"] != journal.hash_header(changed)


@given(text=st.binary(max_size=60) | st.dictionaries(st.text(), st.integers()).map(lambda each: repr(each).encode()))
def test_what_is_called_canonical_has_one_reading(text: bytes) -> None:
    if is_canonical(text):
        assert canonical(json.loads(text)) == text


@pytest.mark.parametrize("text", [b'{"a":1,"a":2}', b'{"a": 1}', b'{"b":1,"a":2}', b"[1]", b'{"a":1}\n', b"{" * 9999])
def test_a_second_way_to_write_it_is_refused(text: bytes) -> None:
    assert not is_canonical(text)
