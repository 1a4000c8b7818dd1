"""What the security desk lends to the conformance tests."""

from zhengtong.desks.security.tests.samples_of_applications import SAMPLES as APPLICATIONS
from zhengtong.desks.security.tests.samples_of_signing_on import SAMPLES as SIGNING_ON

SAMPLES = {**APPLICATIONS, **SIGNING_ON}
