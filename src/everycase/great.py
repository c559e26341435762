"""The Great Expectations record of a run: a genuine suite, validated on the prepared table, beside our own verdict.

The only module that imports the library; importing it takes seconds, so do that after the verdict. The verdict is not
made here: a rule's expectation reads its own counts from one metric, which all rules of the batch share and which hands
over the tally that is made already. Only native expectations are judged by the library itself.
"""

from __future__ import annotations

import datetime as dt
import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from everycase import __version__
from everycase.engines.duck import Prepared
from everycase.errors import EverycaseError, RecordError
from everycase.gx_expectations import NAMES_ONLY
from everycase.gx_loading import quiet_import, quiet_run
from everycase.gx_record import (
    HOLDING,
    GreatRecord,
    code_of,
    configured,
    cut_off,
    failure,
    fixed_id,
    harmless,
    plan_digest,
    read_back,
    reconcile,
    shown,
    to_bytes,
    unrecorded,
    write,
)
from everycase.gx_table import engine_of, lent, seen, unkept
from everycase.outcome import Status
from everycase.vocabulary import OURS

with quiet_import():
    import great_expectations as gx
    from great_expectations.core.expectation_validation_result import ExpectationValidationResult
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )
    from great_expectations.data_context.types.resource_identifiers import (
        ExpectationSuiteIdentifier,
        ValidationResultIdentifier,
    )
    from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
    from great_expectations.exceptions.exceptions import GreatExpectationsError
    from great_expectations.execution_engine.sqlalchemy_execution_engine import SqlAlchemyExecutionEngine
    from great_expectations.expectations.expectation import BatchExpectation
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
    from great_expectations.expectations.metadata_types import FailureSeverity
    from great_expectations.expectations.metrics.metric_provider import metric_value
    from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider
    from great_expectations.render.components import LegacyRendererType, RenderedStringTemplateContent
    from great_expectations.render.renderer.renderer import renderer
    from great_expectations.validator.exception_info import ExceptionInfo

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import sqlalchemy as sa

    from everycase.outcome import RuleOutcome
    from everycase.rule import Rule
    from everycase.run import CheckedSource, Run

_Engine = type[SqlAlchemyExecutionEngine]
#: plan -> rule code -> outcome, while a record is made
_TALLIES: dict[str, Mapping[str, RuleOutcome]] = {}


class LentConnectionEngine(SqlAlchemyExecutionEngine):  # type: ignore[misc] # the library is not typed here
    """An execution engine that keeps one SQLAlchemy connection, so that no result is lost when it would close."""

    @contextmanager
    def get_connection(self) -> Iterator[sa.Connection]:
        """Give the one connection."""
        if self._connection is None:  # type: ignore[has-type]
            self._connection = self.engine.connect()
        yield self._connection


class LentConnectionDatasource(SQLDatasource):  # type: ignore[misc]
    """A datasource on a connection that somebody else holds; its connection string is the name it was lent under."""

    type: Literal["everycase_lent"] = "everycase_lent"

    @property
    def execution_engine_type(self) -> _Engine:
        """Name the engine that keeps one connection."""
        return LentConnectionEngine

    def get_engine(self) -> sa.Engine:
        """Give the engine of the lent connection."""
        return engine_of(str(self.connection_string))

    def get_execution_engine(self) -> SqlAlchemyExecutionEngine:
        """Give the one execution engine, made when first asked for."""
        if self._execution_engine is None:  # type: ignore[has-type]
            self._execution_engine = LentConnectionEngine(engine=self.get_engine(), create_temp_table=False)
        return self._execution_engine


class Tally(TableMetricProvider):  # type: ignore[misc]
    """All counts of a plan, handed over once a batch whatever the number of rules that ask."""

    metric_name = "everycase.tally"
    value_keys = ("plan",)

    @metric_value(engine=SqlAlchemyExecutionEngine)  # type: ignore[untyped-decorator]
    def _sqlalchemy(
        cls,  # noqa: N805 - the decorator makes it a class method
        execution_engine: SqlAlchemyExecutionEngine,
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any],
    ) -> Mapping[str, RuleOutcome]:
        del execution_engine, metric_domain_kwargs, metrics, runtime_configuration
        return _TALLIES[metric_value_kwargs["plan"]]


class ExpectRecordsToPassRule(BatchExpectation):  # type: ignore[misc]
    """Expect the records a rule applies to, to be as it requires, but for the share that its threshold allows."""

    # NOTE: none has a default: the library leaves a value equal to its default out of the JSON.
    code: str
    title: str
    applies: str
    requires: str
    threshold: float
    plan: str

    metric_dependencies: ClassVar[tuple[str, ...]] = ("everycase.tally",)
    success_keys: ClassVar[tuple[str, ...]] = ("plan", "code", "title", "applies", "requires", "threshold")
    args_keys: ClassVar[tuple[str, ...]] = ("code", "title", "applies", "requires", "threshold", "plan")
    library_metadata: ClassVar[dict[str, Any]] = {"maturity": "PRODUCTION", "tags": ["everycase"]}

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: Any = None,
    ) -> ExpectationValidationResult:
        del runtime_configuration, execution_engine
        outcome: RuleOutcome | None = metrics["everycase.tally"].get(self.code)
        if outcome is None:
            return ExpectationValidationResult(success=False, exception_info=_raised("nothing was counted for it"))
        if outcome.status is Status.COULD_NOT_CHECK:
            info = _raised(outcome.reason or "it could not be checked")
            return ExpectationValidationResult(success=False, result=shown(outcome), exception_info=info)
        return ExpectationValidationResult(success=outcome.status in HOLDING, result=shown(outcome))

    @classmethod
    @renderer(renderer_type=LegacyRendererType.PRESCRIPTIVE)  # type: ignore[untyped-decorator]
    def _prescriptive_renderer(
        cls, configuration: Any = None, result: Any = None, runtime_configuration: Any = None
    ) -> list[RenderedStringTemplateContent]:
        del runtime_configuration
        kwargs = (configuration or result.expectation_config).kwargs
        template = "$code: $title. Applies to records where $applies; requires $requires; $threshold of them may fail."
        params = {k: str(kwargs[k]) for k in ("code", "title", "applies", "requires")}
        params["threshold"] = f"{kwargs['threshold']:.2%}"
        content = {"template": template, "params": params, "styling": {"default": {"classes": ["badge"]}}}
        return [RenderedStringTemplateContent(content_block_type="string_template", string_template=content)]


def _raised(message: str) -> ExceptionInfo:
    """Say why something could not be checked, without a traceback: it would show the paths of this machine."""
    return ExceptionInfo(exception_traceback="", exception_message=message, raised_exception=True)


def record(checked: CheckedSource, open_run: Run, *, data_docs: Path | None = None) -> GreatRecord:
    """Validate the rules of a source with Great Expectations and give the record.

    The clock of the record is the start of the as-of day: the same extract, project and day give the same bytes.

    Args:
        checked: a source that could be read.
        open_run: still open.
        data_docs: a folder for the static site; None writes none.

    Raises:
        RecordError: the library failed; what it said is left out, since it may quote a cell.
    """
    try:
        return _recorded(checked, open_run, data_docs)
    except EverycaseError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever the library or its drivers raise may quote a cell
        message = f"Great Expectations stopped with a failure of the kind {type(error).__name__}"
        raise RecordError("gx-failed", message, where=checked.result.id, instead="--no-gx leaves it out.") from None


def _recorded(checked: CheckedSource, open_run: Run, data_docs: Path | None) -> GreatRecord:
    if not isinstance(checked.prepared, Prepared) or checked.suite is None:
        raise RecordError("gx-failed", "there is no table to record", where=checked.result.id)
    extract, day = checked.result.extract, open_run.options.as_of
    idle = frozenset(r.code for r in checked.rules if r.native is not None and not r.effective.holds_on(day))
    rules = [r for r in checked.rules if r.code not in idle]
    plan = plan_digest(checked, open_run)
    built, refused = _expectations(rules, plan, unkept(checked.prepared, checked.suite.fields))
    about = {"source": checked.result.id, "as_of": day.isoformat(), "everycase": __version__, "refused": refused,
             "extract_sha256": extract.sha256 if extract else "", **checked.result.digests}  # fmt: skip
    # NOTE: all to the constructor: adding one by one compares each with all.
    suite = gx.ExpectationSuite(name=checked.suite.name, expectations=built, meta={"title": checked.suite.title})
    _TALLIES[plan] = {o.code: o for o in checked.result.rules}
    try:
        with (
            quiet_run(),
            seen(checked.prepared, checked.suite.fields, extract.extra_columns if extract else 0) as view,
            lent(checked.prepared.connection) as lent_as,
        ):
            context = _context(data_docs)
            # The name of the view is quoted, else the library folds or splits it.
            source = context.data_sources.add_everycase_lent(name="everycase", connection_string=lent_as)
            asset = source.add_table_asset(name=checked.result.id, table_name=f'"{view}"')
            suite = context.suites.add(suite)
            batch = asset.add_batch_definition_whole_table("whole")
            definition = gx.ValidationDefinition(name=checked.result.id, data=batch, suite=suite)
            clock = dt.datetime.combine(day, dt.time(), dt.UTC)
            run = gx.RunIdentifier(run_name=plan[:16], run_time=clock)
            result = context.validation_definitions.add(definition).run(run_id=run, result_format="BASIC")
            _clean(result, suite.name, clock, _missing(rules, checked.prepared.missing))
            result.success = bool(result.success and not refused)
            result.meta["everycase"] = about
            if data_docs is not None:
                _write_docs(context, result, run, suite.name, data_docs)
            text = json.dumps(result.to_json_dict(), sort_keys=True).replace(lent_as, "duckdb://")
            return read_back(json.loads(text), suite.to_json_dict(), refused, rules, idle)
    finally:
        del _TALLIES[plan]


def _context(data_docs: Path | None) -> Any:
    """Open a context that keeps everything in memory, asks nobody and draws no bars."""
    sites = {} if data_docs is None else {"site": {
        "class_name": "SiteBuilder", "show_how_to_buttons": False,
        "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(data_docs.resolve())},
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder", "show_cta_footer": False},
    }}  # fmt: skip
    config = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
        analytics_enabled=False,
        progress_bars=ProgressBarsConfig(globally=False, metric_calculations=False),
        data_docs_sites=sites,
    )
    return gx.get_context(mode="ephemeral", project_config=config)


def _expectations(
    rules: Sequence[Rule], plan: str, lost: frozenset[str]
) -> tuple[list[ExpectationConfiguration], dict[str, str]]:
    """Make the expectations of all rules, and say of which native ones none can be made, with a reason each.

    Of the columns in `lost` no values were kept: what asks for more than their names is not made.
    """
    built, refused = [], {}
    for rule in rules:
        given = configured(rule, plan)
        configuration = ExpectationConfiguration(**{**given, "severity": FailureSeverity(given["severity"])})
        if rule.native is not None:
            needed = [] if rule.gx_type in NAMES_ONLY else sorted(lost & set(rule.bindings))
            if needed:
                refused[rule.code] = f"needs the values of {', '.join(needed)}, which were not kept"
                continue
            # NOTE: of several configurations one bad one stops them all or, worse, is dropped with a line in a log.
            try:
                configuration.to_domain_obj()
            except (GreatExpectationsError, ValueError, TypeError) as error:
                refused[rule.code] = f"Great Expectations refuses it as written: {type(error).__name__}"
                continue
        built.append(configuration)
    return built, refused


def _missing(rules: Sequence[Rule], missing: frozenset[str]) -> dict[str, str]:
    gone = {r.code: sorted(missing & set(r.bindings)) for r in rules}
    return {c: f"needs the column {', '.join(g)}, which this extract does not have" for c, g in gone.items() if g}


def _clean(result: Any, suite: str, clock: dt.datetime, reasons: Mapping[str, str]) -> None:
    """Take out what is a record value, a path of this machine, another clock or a random id."""
    result.meta["validation_id"] = fixed_id(suite, "definition")
    markers = result.meta.get("batch_markers")
    if markers is not None:
        markers["ge_load_time"] = clock.strftime("%Y%m%dT%H%M%S.%fZ")
    for one in result.results:
        configuration = one.expectation_config
        code = code_of(configuration.meta)
        configuration.id = fixed_id(suite, code)
        raised = failure(one.exception_info) is not None
        if configuration.type != OURS:
            one.result = harmless(configuration.type, one.result)
        # With a result the reason is our own sentence; without, the engine's words, which may quote a cell.
        if raised and (configuration.type != OURS or not one.result):
            one.exception_info = _raised(reasons.get(code, "Great Expectations could not evaluate it on this table"))
    result.results.sort(key=lambda r: code_of(r.expectation_config.meta))


def _write_docs(context: Any, result: Any, run: Any, suite: str, folder: Path) -> None:
    """Build the static site from the cleaned result."""
    key = ValidationResultIdentifier(
        expectation_suite_identifier=ExpectationSuiteIdentifier(name=suite),
        run_id=run,
        batch_identifier=result.batch_id,
    )
    context.validation_results_store.set(key, result)
    context.build_data_docs()
    cut_off(folder)


__all__ = ["GreatRecord", "reconcile", "record", "to_bytes", "unrecorded", "write"]
