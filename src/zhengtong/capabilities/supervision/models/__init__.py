"""The rows of supervision: what is counted, rules and cards, urgings, scores, cameras."""

from zhengtong.capabilities.supervision.models.cameras import Camera, VideoOpening
from zhengtong.capabilities.supervision.models.cards import COUNTING, OPEN, Card, CardStatus, CardStep
from zhengtong.capabilities.supervision.models.counting import LONGEST_MEASURE, Delta, HourTally, Standing, Tally
from zhengtong.capabilities.supervision.models.rules import (
    Evaluation,
    EvaluationSlice,
    Level,
    Pending,
    RuleFailure,
    RuleVersion,
    SupervisionRule,
    Told,
    Trial,
)
from zhengtong.capabilities.supervision.models.scores import (
    Grade,
    QuarterScores,
    Score,
    ScoreCorrection,
    ScoreFormula,
)
from zhengtong.capabilities.supervision.models.urging import Urging, WallDisplay

__all__ = [
    "COUNTING",
    "LONGEST_MEASURE",
    "OPEN",
    "Camera",
    "Card",
    "CardStatus",
    "CardStep",
    "Delta",
    "Evaluation",
    "EvaluationSlice",
    "Grade",
    "HourTally",
    "Level",
    "Pending",
    "QuarterScores",
    "RuleFailure",
    "RuleVersion",
    "Score",
    "ScoreCorrection",
    "ScoreFormula",
    "Standing",
    "SupervisionRule",
    "Tally",
    "Told",
    "Trial",
    "Urging",
    "VideoOpening",
    "WallDisplay",
]
