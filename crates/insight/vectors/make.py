"""Computes the reference figures that the tests of this crate compare against, with other programs.

    pip install -r requirements.txt
    python make.py            writes recorded.json
    python make.py --check    checks that it would be the same, to 1e-12

Figures that SciPy, statsmodels or NumPy implement come from there. The others are computed by another
method than the crate's: raking by minimising the dual problem, relative weights by a singular value
decomposition of the answers themselves, the resamples with the crate's generator and NumPy's quantiles.
"""

import json
import math
import platform
import sys
import warnings
from fractions import Fraction
from pathlib import Path

import numpy as np
import scipy
import statsmodels
from scipy import optimize, stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

FILE = Path(__file__).with_name("recorded.json")
SCORES = np.array([0.0, 25.0, 50.0, 75.0, 100.0])
VAST = 10**15
RESAMPLES = 1000
MASK = 2**64 - 1


class Random:
    """SplitMix64, implemented from the paper (Steele, Lea and Flood 2014)."""

    def __init__(self, seed):
        self.state = seed

    def bits(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def below(self, bound):
        return (self.bits() * bound) >> 64


def of(low_and_high, **more):
    low, high = low_and_high
    return {**more, "low": float(low), "high": float(high)}


def expand(counts):
    return np.repeat(SCORES, counts)


def wilson():
    cases = [(21, 30), (35, 50), (70, 100), (153, 219), (270, 385), (700, 1000), (0, 30), (10, 10), (0, 1), (1, 1), (1, 2), (9470, 10000), (3, 7)]
    rows = [of(proportion_confint(k, n, 0.05, "wilson"), p=k / n, n=float(n)) for k, n in cases]
    # Non-integer counts, as weighting produces them.
    real = [(0.3, 17.25), (0.72, 154.6), (0.015, 3.5), (1.0, 8.125), (0.0, 41.9)]
    return rows + [of(proportion_confint(p * n, n, 0.05, "wilson"), p=p, n=n) for p, n in real]


def finite_factor():
    rows = []
    for n, population in [(1, 2), (10, 11), (50, 100), (385, 1000), (999, 1000), (1000, 1000), (30, 75000), (2, 3)]:
        rows.append({"n": n, "population": population, "factor": math.sqrt(Fraction(population - n, population - 1))})
    return rows


def wilson_finite():
    """The variance of a share times (N-n)/(N-1) is that of n (N-1)/(N-n) answers from a vast population."""
    rows = []
    for hits, n, population in [(21, 30, 60), (70, 100, 1000), (0, 30, 45), (10, 10, 40), (153, 219, 500), (700, 1000, 75000)]:
        simple = float(Fraction(n * (population - 1), population - n))
        rows.append(of(proportion_confint(hits / n * simple, simple, 0.05, "wilson"), hits=hits, n=n, population=population))
    return rows


def normal():
    return [{"z": z, "p": float(2 * stats.norm.sf(z))} for z in [0.0, 1e-6, 0.5, 1.0, 1.959963984540054, 2.5758, 4.0, 6.5, 12.0]]


def student_tail():
    places = [(t, df) for t in [0.0, 0.01, 0.5, 1.0, 1.96, 2.5, 5.0, 12.7, 80.0] for df in [1.0, 1.5, 2.0, 3.0, 7.25, 29.0, 120.0, 999.5, 1e4, 1e6]]
    return [{"t": t, "df": df, "p": float(2 * stats.t.sf(t, df))} for t, df in places]


def student_critical():
    degrees = [1.0, 1.01, 1.5, 2.0, 2.5, 3.0, 4.0, 9.0, 17.3, 29.0, 49.5, 99.0, 100.5, 384.0, 999.0, 1168.0, 6054.0, 1e5, 1e6, 1e7]
    return [{"df": df, "t": float(stats.t.ppf(0.975, df))} for df in degrees]


def mean():
    cases = [
        ([23, 46, 153, 419, 528], VAST), ([67, 73, 205, 1276, 4434], VAST), ([1, 0, 0, 0, 1], VAST), ([3, 2, 5, 1, 0], VAST),
        ([0, 0, 1, 12, 9], VAST), ([0, 1, 0, 0, 400], VAST), ([5, 5, 5, 5, 5], 40), ([23, 46, 153, 419, 528], 2500), ([0, 3, 4, 9, 2], 19),
    ]  # fmt: skip
    rows = []
    for counts, population in cases:
        scores = expand(counts)
        n = len(scores)
        factor = math.sqrt(Fraction(population - n, population - 1))
        error = stats.sem(scores) * factor
        low, high = stats.t.interval(0.95, n - 1, loc=scores.mean(), scale=error)
        row = {"counts": counts, "n": n, "population": population, "mean": float(scores.mean()), "variance": float(scores.var(ddof=1))}
        rows.append(of((max(low, 0.0), min(high, 100.0)), **row))
    return rows


def newcombe():
    cases = [
        (48, 80, 56, 70), (3, 10, 9, 10), (0, 10, 10, 10), (120, 200, 160, 200), (120, 200, 124, 200), (0, 30, 0, 40), (0, 30, 3, 40),
        (30, 30, 38, 40), (700, 1000, 660, 1000), (1, 3, 2, 5), (500, 1000, 500, 1000),
    ]  # fmt: skip
    rows = []
    for hits_before, n_before, hits_after, n_after in cases:
        def ends(alpha):
            return confint_proportions_2indep(hits_after, n_after, hits_before, n_before, method="newcomb", compare="diff", alpha=alpha)

        difference = hits_after / n_after - hits_before / n_before
        end = 0 if difference > 0 else 1
        # The level, as a normal quantile, at which one end of the interval reaches 0.
        reaches = lambda z: ends(2 * stats.norm.sf(z))[end]
        p = 1.0 if difference == 0 else float(2 * stats.norm.sf(optimize.brentq(reaches, 1e-9, 30, xtol=1e-14, rtol=1e-14)))
        rows.append(of(ends(0.05), hits_before=hits_before, n_before=n_before, hits_after=hits_after, n_after=n_after, p=p))
    return rows


def welch():
    cases = [
        ([23, 46, 153, 419, 528], [67, 73, 205, 1276, 4434]), ([3, 2, 5, 1, 0], [0, 3, 4, 9, 2]), ([1, 0, 0, 0, 1], [5, 5, 5, 5, 5]),
        ([0, 1, 0, 0, 400], [2, 8, 20, 30, 12]), ([10, 20, 30, 20, 10], [9, 20, 30, 20, 10]),
    ]  # fmt: skip
    rows = []
    for before, after in cases:
        one, other = DescrStatsW(expand(after)), DescrStatsW(expand(before))
        test = stats.ttest_ind(expand(after), expand(before), equal_var=False)
        rows.append(of(CompareMeans(one, other).tconfint_diff(0.05, usevar="unequal"), before=before, after=after, p=float(test.pvalue)))
    return rows


def holm():
    lists = [[0.01, 0.04, 0.03, 0.005], [0.2], [0.5, 0.5, 0.5], [1e-12, 0.049, 0.0251, 0.9, 1.0, 0.0249], [0.0, 0.0, 0.03], [0.013, 0.011, 0.012]]
    return [{"p": p, "adjusted": [float(x) for x in multipletests(p, method="holm")[1]]} for p in lists]


def weighted():
    random = Random(21)
    rows = []
    for n, spread in [(2, 3), (12, 2), (40, 9), (300, 5), (25, 0)]:
        values = np.array([SCORES[random.below(5)] for _ in range(n)])
        if n == 2:
            values = np.array([25.0, 75.0])
        weights = np.array([0.5 + random.below(1000) / 1000 * spread for _ in range(n)])
        n_effective = weights.sum() ** 2 / (weights**2).sum()
        # statsmodels treats weights as frequencies; scaled to the effective n, they act as reliability weights.
        scaled = DescrStatsW(values, weights * n_effective / weights.sum())
        interval = scaled.tconfint_mean(0.05) if n > 2 else stats.t.interval(
            0.95, n_effective - 1, loc=scaled.mean, scale=math.sqrt(np.cov(values, aweights=weights) / n_effective))
        share = float(np.average(values >= 75, weights=weights))
        ends = proportion_confint(share * n_effective, n_effective, 0.05, "wilson")
        rows.append({
            "values": values.tolist(), "weights": weights.tolist(), "n_effective": float(n_effective), "mean": float(scaled.mean),
            "variance": float(np.cov(values, aweights=weights)), "mean_low": float(interval[0]), "mean_high": float(interval[1]),
            "share": share, "share_low": float(ends[0]), "share_high": float(ends[1]),
        })  # fmt: skip
    return rows


def rake(categories, shares, least, most):
    """The weights w that minimise Σ w ln w - w within bounds: w = exp(Xᵀλ), clipped to the bounds, with λ such that the sums match."""
    n = len(categories[0])
    columns = [np.array(names) == at for names, wanted in zip(categories, shares) for at in range(len(wanted))]
    wanted = np.concatenate([np.array(target) * n for target in shares])
    x = np.array(columns, dtype=float).T
    # For every target but the first, the last category is determined by the others.
    keep, at = [], 0
    for number, target in enumerate(shares):
        keep += list(range(at, at + len(target) - (number > 0)))
        at += len(target)
    x, wanted = x[:, keep], wanted[keep]

    def raw(l):
        # The search may try values that overflow.
        return np.exp(np.minimum(x @ l, 700))

    def gap(l):
        return x.T @ np.clip(raw(l), least, most) - wanted

    def dual(l):
        u = x @ l
        low = least + least * (u - math.log(least))
        high = most + most * (u - math.log(most))
        return np.where(raw(l) < least, low, np.where(raw(l) > most, high, raw(l))).sum() - wanted @ l

    l = optimize.minimize(dual, np.zeros(x.shape[1]), jac=gap, method="BFGS", options={"gtol": 1e-9, "maxiter": 10000}).x
    for _ in range(5):
        # Newton steps over the weights that are not at a bound, for the last digits.
        free = (raw(l) > least) & (raw(l) < most)
        l = l + np.linalg.lstsq((x[free].T * raw(l)[free]) @ x[free], -gap(l), rcond=None)[0]
    assert np.abs(gap(l)).max() < 1e-11 * n, np.abs(gap(l)).max()
    return np.clip(raw(l), least, most), int(((raw(l) < least) | (raw(l) > most)).sum())


def raking():
    def biased(random, n, size):
        return [min(random.below(size), random.below(size + 1)) for _ in range(n)]

    def drawn(seed):
        random, sizes = Random(seed), (2, 3, 4)
        categories = [biased(random, 60, size) for size in sizes]
        parts = [[4 + random.below(9) for _ in range(size)] for size in sizes]
        return categories, [[part / sum(target) for part in target] for target in parts], 0.5, 2.0

    random = Random(33)
    cases = []
    for n, shares, least, most in [
        (20, [[0.5, 0.5]], 1e-6, 1e6),
        (60, [[0.3, 0.7], [0.2, 0.5, 0.3]], 1e-6, 1e6),
        (200, [[0.48, 0.52], [0.1, 0.25, 0.4, 0.25], [0.6, 0.3, 0.1]], 1e-6, 1e6),
        (60, [[0.5, 0.5], [0.4, 0.35, 0.25]], 0.65, 1.8),
        (150, [[0.52, 0.48], [0.34, 0.34, 0.25, 0.07]], 0.72, 1.75),
    ]:
        cases.append(([biased(random, n, len(target)) for target in shares], shares, least, most))
    # Here weights are at a bound for some cycles and leave it again, so only a method that remembers is correct.
    cases += [drawn(seed) for seed in (97, 1190, 4434)]
    rows = []
    for categories, shares, least, most in cases:
        weights, at_bounds = rake(categories, shares, least, most)
        targets = [{"shares": target, "category_of": names} for target, names in zip(shares, categories)]
        n_effective = float(weights.sum() ** 2 / (weights**2).sum())
        rows.append({"targets": targets, "least": least, "most": most, "weights": weights.tolist(), "at_bounds": at_bounds, "n_effective": n_effective})
    return rows


def relative(rows):
    """Johnson (2000) by his own method: for standardised X = PΔQᵀ, the nearest orthogonal Z is PQᵀ."""
    x, y = rows[:, :-1], rows[:, -1]
    x = (x - x.mean(0)) / (x.std(0) * math.sqrt(len(x)))
    y = (y - y.mean()) / (y.std() * math.sqrt(len(y)))
    p, _, qt = np.linalg.svd(x, full_matrices=False)
    z = p @ qt
    return (x.T @ z) ** 2 @ (z.T @ y) ** 2


def relative_weights():
    out = []
    for n, items, seed in [(120, 2, 7), (150, 4, 11), (130, 7, 2026)]:
        random = Random(n)
        answers = []
        for _ in range(n):
            mood = random.below(3)
            drawn = [min(4, mood + random.below(3)) for _ in range(items)]
            outcome = min(4, (2 * drawn[0] + drawn[-1] + random.below(4)) // 3)
            answers.append([25.0 * point for point in drawn + [outcome]])
        answers = np.array(answers)
        raw = relative(answers)
        x = np.column_stack([np.ones(n), answers[:, :-1]])
        residuals = answers[:, -1] - x @ np.linalg.lstsq(x, answers[:, -1], rcond=None)[0]
        r_squared = 1 - residuals.var() / answers[:, -1].var()
        assert abs(raw.sum() - r_squared) < 1e-12
        random = Random(seed)
        resampled = []
        for _ in range(RESAMPLES):
            drawn = relative(answers[[random.below(n) for _ in range(n)]])
            resampled.append(drawn / drawn.sum())
        low, high = np.quantile(resampled, [0.025, 0.975], axis=0)
        out.append({
            "rows": answers.tolist(), "r_squared": float(r_squared), "raw": raw.tolist(), "seed": seed, "resamples": RESAMPLES,
            "low": low.tolist(), "high": high.tolist(),
        })  # fmt: skip
    return out


def eigenvalues():
    random = Random(5)
    rows = []
    for size in [1, 2, 3, 7, 12]:
        square = np.array([[random.below(2001) / 1000 - 1 for _ in range(size)] for _ in range(size)])
        matrix = (square + square.T) / 2
        rows.append({"matrix": matrix.tolist(), "values": np.linalg.eigvalsh(matrix).tolist()})
    # A repeated eigenvalue, and one that is 0.
    matrix = [[1.0, 0.5, 0.5], [0.5, 1.0, 0.5], [0.5, 0.5, 1.0]], [[1.0, 1.0], [1.0, 1.0]]
    return rows + [{"matrix": m, "values": np.linalg.eigvalsh(m).tolist()} for m in matrix]


def spearman():
    random = Random(8)
    rows = []
    for n in [6, 10, 45, 99]:
        item = [1 + random.below(5) for _ in range(n)]
        outcome = [min(5, max(1, point + random.below(3) - 1)) for point in item]
        rows.append({"item": item, "outcome": outcome, "rho": float(stats.spearmanr(item, outcome).statistic)})
    return rows


SECTIONS = [
    wilson, wilson_finite, finite_factor, normal, student_tail, student_critical, mean, newcombe, welch, holm, weighted, raking,
    relative_weights, eigenvalues, spearman,
]  # fmt: skip


def same(one, other):
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float):
        return abs(one - other) <= 1e-12 * max(1, abs(other))
    return one == other


def main():
    warnings.simplefilter("error", RuntimeWarning)
    versions = {"python": platform.python_version(), "numpy": np.__version__, "scipy": scipy.__version__, "statsmodels": statsmodels.__version__}
    recorded = {section.__name__: section() for section in SECTIONS}
    if "--check" in sys.argv:
        before = json.loads(FILE.read_text())
        different = [name for name, rows in recorded.items() if not same(rows, before.get(name))]
        print("different: " + ", ".join(different) if different else "the same")
        sys.exit(bool(different))
    lines = [f'"made_with": {json.dumps(versions)}']
    for name, rows in recorded.items():
        lines.append(f'"{name}": [\n  ' + ",\n  ".join(json.dumps(row) for row in rows) + "\n]")
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
