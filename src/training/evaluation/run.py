"""The evaluation: a trial, an engine and the measures brought together."""

from collections.abc import Callable
from dataclasses import dataclass

from gpu_agent.engines.base import Engine
from training.evaluation import measures, pixels
from training.evaluation.album import Eyes, Looks
from training.evaluation.figures import told
from training.evaluation.groups import groups
from training.evaluation.intervals import intervals
from training.evaluation.pairs import Pair
from training.evaluation.report import Baseline, Part, Speed
from training.evaluation.swaps import Runner, Swaps
from training.evaluation.trial import Trial
from training.evaluation.values import PerPair, Values


@dataclass(frozen=True)
class Outcome:
    """The figures; the swaps, one a pair, of which a contact sheet is made; the values, by which engines compare."""

    part: Part
    swaps: Swaps
    values: Values


def evaluate(engine: Engine, trial: Trial, eyes: Eyes, said: Callable[[str], None]) -> Outcome:
    """Swap all pairs with an engine, and measure; `said` is told what goes on. Raises what the engine raises."""
    runner = Runner(engine, trial.crops, trial.looks.placed)
    said(f"{engine.name}: swapping {len(trial.pairs)} pairs")
    swaps = runner.swaps(trial.pairs)
    faces, mirrored = _mirrored(runner, trial)
    said(f"{engine.name}: looking at {len(trial.pairs)} results")
    results = eyes.looks(list(swaps.shown))
    sources, targets = trial.looks.at(trial.sources), trial.looks.at(trial.targets)
    places = targets.placed
    values = Values(_per_pair(results, trial), pixels.psnrs(trial.crops[faces], mirrored))
    found = measures.retrieval(results, trial)
    part = Part(
        engine=engine.name,
        pairs=len(trial.pairs),
        people=trial.persons,
        photos=trial.drawn_from,
        **dict(measures.likeness(results, sources, targets)),
        retrieval_top1=found.dlib and found.dlib.top1,
        retrieval=found,
        outside=measures.outside_figures(results, sources, targets),
        geometry=measures.geometry(results, targets, trial.again),
        expression=measures.expression(results, sources, targets),
        reconstruction=pixels.reconstruction(trial.crops[faces], mirrored, trial.looks.placed[faces]),
        frechet=measures.frechet_figures(results, sources),
        look=pixels.look(trial.crops[trial.targets], swaps, places),
        mask=pixels.mask_figures(swaps, places),
        intervals=intervals(values, trial),
        groups=groups(trial, values.pairs),
        baselines=baselines(trial),
        speed=_speed(engine, runner),
    )
    return Outcome(part, swaps, values)


def baselines(trial: Trial) -> dict[str, Baseline]:
    """The scale's two ends: targets left as they are, and sources taken for results."""
    sources, targets = trial.looks.at(trial.sources), trial.looks.at(trial.targets)
    ends = {"no_swap": targets, "source": sources}
    return {name: measures.baseline(end, sources, targets, trial) for name, end in ends.items()}


def _mirrored(runner: Runner, trial: Trial) -> tuple[list[int], Swaps]:
    """One photo of every person in the pairs, swapped with itself."""
    faces = list({int(trial.people[face]): face for face in trial.sources}.values())
    return faces, runner.swaps([Pair(face, face) for face in faces])


def _per_pair(results: Looks, trial: Trial) -> PerPair:
    sources, targets = trial.looks.at(trial.sources), trial.looks.at(trial.targets)
    by_sface, by_dlib = measures.found(results, trial)
    return PerPair(
        cosine_source=measures.cosines(results, sources),
        cosine_target=measures.cosines(results, targets),
        points_percent=measures.errors(results, targets),
        found=by_sface if by_dlib is None else by_dlib,
    )


def _speed(engine: Engine, runner: Runner) -> Speed:
    return Speed(
        device=engine.device,
        batch=engine.batch,
        swapped_per_second=told(runner.swapped_per_second),
        prepared_per_second=told(runner.prepared_per_second),
    )
