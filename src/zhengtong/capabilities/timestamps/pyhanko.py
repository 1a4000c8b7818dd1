"""The authority as pyHanko wants one, in the same process: sealing a document needs no HTTP to itself."""

from asn1crypto import tsp
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError

from zhengtong.capabilities.timestamps.authority import answer, get_clock, get_maker
from zhengtong.capabilities.timestamps.domain.tokens import read_sentence
from zhengtong.core.crypto.public import Algorithm


class TSA(TimeStamper):
    """Make one for each signing and pass it as ``timestamper``. A refusal is raised as TimestampRequestError."""

    def __init__(self, algorithm: Algorithm = Algorithm.P256) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # pyHanko's has no types
        # Looked up here: reading the database has no place in pyHanko's event loop.
        maker = get_maker(algorithm)
        get_clock()
        self._find_maker = lambda: maker

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        reply, _request, stamp = answer(req.dump(), self._find_maker)
        if stamp is None:
            # asn1crypto can't read an answer without a token, so pyHanko would not come to see why.
            raise TimestampRequestError(read_sentence(reply))
        response: tsp.TimeStampResp = tsp.TimeStampResp.load(reply)
        return response
