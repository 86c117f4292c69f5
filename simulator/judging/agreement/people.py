"""How far annotators agree with each other: raw agreement, Cohen's and Fleiss' κ, Krippendorff's α, Gwet's AC1.

- Cohen's κ of each pair, on what both rated (scikit-learn; Educ Psychol Meas 1960;20:37).
- Fleiss' κ, on what everybody rated (statsmodels; Psychol Bull 1971;76:378).
- Krippendorff's α, nominal, on everything that two or more rated (krippendorff).
- Gwet's AC1, on the same (Br J Math Stat Psychol 2008;61:29, equations 17 and 18): it does not collapse, as the κs do,
  where nearly every label is the same. No library that is kept up has it beside the others.

"Could not tell" is a missing rating. Intervals resample conversations.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations

import numpy as np
import numpy.typing as npt

from simulator.errors import MissingExtraError
from simulator.judging.agreement.ratings import RatedItem, annotators_of
from simulator.judging.verdict import Outcome
from simulator.statistics import Estimate, cluster_ratio, interval, resamples

_CODES = {Outcome.MET: 0, Outcome.NOT_MET: 1, Outcome.NOT_APPLICABLE: 2}
_RESAMPLES = 400
"""Fewer than elsewhere, since the libraries take one resample at a time."""

Ratings = npt.NDArray[np.float64]
"""Items × annotators: the code of a label, NaN where there is none."""


@dataclass(frozen=True, slots=True)
class PairAgreement:
    first: str
    second: str
    n_items: int
    """Rated by both."""
    raw: Estimate | None
    """The share on which they say the same."""
    kappa: Estimate | None


@dataclass(frozen=True, slots=True)
class PeopleAgreement:
    """None: not defined, as with one annotator, or where nobody ever says anything but the one same label."""

    annotators: tuple[str, ...]
    n_items: int
    n_shared: int
    """Items that two or more annotators rated."""
    pairs: tuple[PairAgreement, ...]
    raw: Estimate | None
    """Of two annotators drawn at random, the share of items on which they say the same."""
    fleiss: Estimate | None
    alpha: Estimate | None
    ac1: Estimate | None
    n_unsettled: int
    """Shared items without a majority and without adjudication: no judge is held against these."""


def people_agreement(items: Sequence[RatedItem]) -> PeopleAgreement:
    """Raises MissingExtraError without the extra `judge`."""
    _needs_libraries()
    names = annotators_of(items)
    ratings = np.array([[_code(item, name) for name in names] for item in items]).reshape(len(items), len(names))
    clusters = [item.cluster for item in items]
    shared = np.count_nonzero(~np.isnan(ratings), axis=1) >= 2
    everyone = np.isnan(ratings).sum(axis=1) == 0
    return PeopleAgreement(
        annotators=names,
        n_items=len(items),
        n_shared=int(shared.sum()),
        pairs=tuple(
            _pair(names[one], names[other], ratings[:, [one, other]], clusters)
            for one, other in combinations(range(len(names)), 2)
        ),
        raw=cluster_ratio(_same(ratings, clusters)),
        fleiss=_estimate(ratings[everyone], _kept(clusters, everyone), fleiss_kappa),
        alpha=_estimate(ratings[shared], _kept(clusters, shared), krippendorff_alpha),
        ac1=_estimate(
            ratings[shared], _kept(clusters, shared), partial(gwet_ac1, n_categories=_n_categories(ratings[shared]))
        ),
        n_unsettled=sum(1 for item, both in zip(items, shared, strict=True) if both and item.settled is None),
    )


def cohen_kappa(ratings: Ratings) -> float:
    """Of two annotators who both rated everything; NaN where both say but one same label."""
    from sklearn.metrics import cohen_kappa_score

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # one label only: the NaN says it
        return float(cohen_kappa_score(ratings[:, 0], ratings[:, 1])) if len(ratings) else math.nan


def fleiss_kappa(ratings: Ratings) -> float:
    from statsmodels.stats.inter_rater import fleiss_kappa as of_table

    table = _table(ratings)
    if not len(table) or table.sum(axis=1).min() < 2 or np.count_nonzero(table.sum(axis=0)) < 2:
        return math.nan
    return float(of_table(table, method="fleiss"))


def krippendorff_alpha(ratings: Ratings) -> float:
    import krippendorff

    seen = ratings[~np.isnan(ratings)]
    if len(np.unique(seen)) < 2:
        return math.nan  # the library raises: no two labels, no disagreement to expect
    return float(krippendorff.alpha(reliability_data=ratings.T, level_of_measurement="nominal"))


def gwet_ac1(ratings: Ratings, n_categories: int | None = None) -> float:
    """Of items with two or more ratings each; NaN with a single category.

    ``n_categories``: of the whole that ``ratings`` are drawn from, since a resample that misses the rare label is still
    a choice among all of them; None: those that occur.
    """
    table = _table(ratings)
    raters = table.sum(axis=1)
    q = _n_categories(ratings) if n_categories is None else n_categories
    if not len(table) or q < 2:
        return math.nan
    observed = float(np.mean((table * (table - 1)).sum(axis=1) / (raters * (raters - 1))))
    share = np.mean(table / raters[:, None], axis=0)
    expected = float((share * (1 - share)).sum() / (q - 1))
    return (observed - expected) / (1 - expected)


def _table(ratings: Ratings) -> Ratings:
    """Items × categories: how many annotators gave that label."""
    return np.stack([(ratings == code).sum(axis=1) for code in _CODES.values()], axis=1).astype(float)


def _n_categories(ratings: Ratings) -> int:
    return len(np.unique(ratings[~np.isnan(ratings)]))


def _code(item: RatedItem, name: str) -> float:
    label = item.labels.get(name, Outcome.UNSCORED)
    return float(_CODES[label]) if label in _CODES else math.nan


def _kept(clusters: Sequence[str], which: npt.NDArray[np.bool_]) -> list[str]:
    return [cluster for cluster, keep in zip(clusters, which, strict=True) if keep]


def _pair(one: str, other: str, ratings: Ratings, clusters: Sequence[str]) -> PairAgreement:
    both = np.isnan(ratings).sum(axis=1) == 0
    ratings, kept = ratings[both], _kept(clusters, both)
    return PairAgreement(
        one, other, len(ratings), cluster_ratio(_same(ratings, kept)), _estimate(ratings, kept, cohen_kappa)
    )


def _same(ratings: Ratings, clusters: Sequence[str]) -> list[tuple[str, float, float]]:
    """For each item that two or more rated: the share of its pairs of annotators who say the same."""
    table = _table(ratings)
    raters = table.sum(axis=1)
    pairs = raters * (raters - 1)
    agreeing = (table * (table - 1)).sum(axis=1)
    return [
        (cluster, float(same / of), 1.0) for cluster, same, of in zip(clusters, agreeing, pairs, strict=True) if of > 0
    ]


def _estimate(ratings: Ratings, clusters: Sequence[str], figure: Callable[[Ratings], float]) -> Estimate | None:
    """The figure, and its interval over resampled clusters."""
    if ratings.shape[1] < 2 or (mean := figure(ratings)) != mean:
        return None
    rows: dict[str, list[int]] = {}
    for row, cluster in enumerate(clusters):
        rows.setdefault(cluster, []).append(row)
    groups = [np.array(each) for _, each in sorted(rows.items())]
    if len(groups) == 1:
        return Estimate(mean, None, None, 1, len(ratings))
    samples = np.array(
        [figure(ratings[np.concatenate([groups[at] for at in drawn])]) for drawn in resamples(len(groups), _RESAMPLES)]
    )
    return Estimate(mean, *interval(samples), len(groups), len(ratings))


def _needs_libraries() -> None:
    try:
        import krippendorff  # noqa: F401
        import sklearn  # noqa: F401
        import statsmodels  # noqa: F401
    except ImportError:
        raise MissingExtraError("judge", needed_for="agreement between annotators") from None
