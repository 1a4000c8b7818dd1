"""What the desk lends to the conformance tests: the samples of its parts."""

from tests.conformance.samples import Sample
from zhengtong.desks.trust.tests import certificate_samples

SAMPLES: dict[str, Sample] = {**certificate_samples.SAMPLES}
