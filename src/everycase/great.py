"""The Great Expectations record of a run: a genuine suite, validated on the prepared table, beside our own verdict.

The only module that imports the library; importing it takes seconds, so do that after the verdict. The verdict is not
made here: a rule's expectation reads its own counts from one metric, which all rules of the batch share and which hands
over the tally that is made already. Only native expectations are judged by the library itself.
"""

from __future__ import annotations

import datetime as dt
import json
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from everycase import __version__
from everycase.engines.duck import Prepared
from everycase.engines.pg_server import Server
from everycase.errors import EverycaseError, RecordError
from everycase.gx_expectations import NAMES_ONLY
from everycase.gx_loading import quiet_import, quiet_run
from everycase.gx_record import (
    HOLDING,
    GreatRecord,
    code_of,
    configured,
    cut_off,
    described,
    failure,
    fixed_id,
    harmless,
    lacking,
    plan_digest,
    read_back,
    reconcile,
    shown,
    to_bytes,
    unrecorded,
    write,
)
from everycase.gx_server import SeenColumns, lent_server, seen_on_postgres, seen_on_spark
from everycase.gx_table import lent, seen, unkept
from everycase.outcome import Status
from everycase.vocabulary import OURS

with quiet_import():
    import great_expectations as gx
    from great_expectations.core.batch import BatchMarkers
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
    from great_expectations.datasource.fluent.spark_datasource import SparkDatasource
    from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
    from great_expectations.exceptions.exceptions import GreatExpectationsError
    from great_expectations.execution_engine.sparkdf_execution_engine import SparkDFExecutionEngine
    from great_expectations.execution_engine.sqlalchemy_batch_data import SqlAlchemyBatchData
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
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    import sqlalchemy as sa

    from everycase.outcome import RuleOutcome
    from everycase.rule import Rule
    from everycase.run import CheckedSource, Run
    from everycase.suites import FieldSpec

_Engine = type[SqlAlchemyExecutionEngine]
#: plan -> rule code -> outcome, while a record is made
_TALLIES: dict[str, Mapping[str, RuleOutcome]] = {}
#: name -> what is lent under it at the moment: an SQLAlchemy engine and a subquery or None, or a session of Spark
_LENT: dict[str, tuple[Any, Any]] = {}


class LentConnectionEngine(SqlAlchemyExecutionEngine):  # type: ignore[misc] # the library is not typed here
    """An execution engine that keeps one SQLAlchemy connection, so that no result is lost when it would close."""

    #: what stands for the table where there is none by a name
    seen: Any = None

    def get_batch_data_and_markers(self, batch_spec: Any) -> tuple[Any, Any]:
        """Give the data of a batch: the subquery that was lent, else what the library would make."""
        if self.seen is None:
            made: tuple[Any, Any] = super().get_batch_data_and_markers(batch_spec)
            return made
        data = SqlAlchemyBatchData(execution_engine=self, selectable=self.seen, create_temp_table=False)
        return data, BatchMarkers({"ge_load_time": ""})

    def get_inspector(self) -> Any:
        """Give what knows the columns."""
        return super().get_inspector() if self.seen is None else SeenColumns(self.seen)

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
        engine: sa.Engine = _LENT[str(self.connection_string)][0]
        return engine

    def get_execution_engine(self) -> SqlAlchemyExecutionEngine:
        """Give the one execution engine, made when first asked for."""
        if self._execution_engine is None:  # type: ignore[has-type]
            made = LentConnectionEngine(engine=self.get_engine(), create_temp_table=False)
            made.seen = _LENT[str(self.connection_string)][1]
            self._execution_engine = made
        return self._execution_engine


class LentSessionDatasource(SparkDatasource):  # type: ignore[misc]
    """A datasource on a session of Spark that somebody else holds; nothing is kept in memory or set for it."""

    type: Literal["everycase_lent_spark"] = "everycase_lent_spark"
    lent_as: str

    def get_spark(self) -> Any:
        """Give the lent session; the library would open another, or change its settings."""
        return _LENT[self.lent_as][0]

    def get_execution_engine(self) -> SparkDFExecutionEngine:
        """Give the one execution engine, made when first asked for."""
        if self._execution_engine is None:  # type: ignore[has-type]
            self._execution_engine = SparkDFExecutionEngine(persist=False, spark=self.get_spark())
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
        **_: object,
    ) -> Mapping[str, RuleOutcome]:
        del execution_engine, metric_domain_kwargs
        return _TALLIES[metric_value_kwargs["plan"]]

    @metric_value(engine=SparkDFExecutionEngine)  # type: ignore[untyped-decorator]
    def _spark(
        cls,  # noqa: N805 - the same
        execution_engine: SparkDFExecutionEngine,
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

    def _validate(self, metrics: dict[str, Any], **_: object) -> ExpectationValidationResult:
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
        content = described((configuration or result.expectation_config).kwargs)
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
    prepared, suite = checked.prepared, checked.suite
    if prepared is None or suite is None:
        raise RecordError("gx-failed", "there is no table to record", where=checked.result.id)
    extract, day = checked.result.extract, open_run.options.as_of
    idle = frozenset(r.code for r in checked.rules if r.native is not None and not r.effective.holds_on(day))
    rules = [r for r in checked.rules if r.code not in idle]
    plan = plan_digest(checked, open_run)
    lost = unkept(prepared, suite.fields) if isinstance(prepared, Prepared) else frozenset()
    built, refused = _expectations(rules, plan, lost)
    about = {"source": checked.result.id, "as_of": day.isoformat(), "everycase": __version__, "refused": refused,
             "extract_sha256": extract.sha256 if extract else "", **checked.result.digests}  # fmt: skip
    # NOTE: all to the constructor: adding one by one compares each with all.
    asked = gx.ExpectationSuite(name=suite.name, expectations=built, meta={"title": suite.title})
    _TALLIES[plan] = {o.code: o for o in checked.result.rules}
    try:
        with (
            quiet_run(),
            _source(prepared, suite.fields, extract.extra_columns if extract else 0) as (open_source, lent_as),
        ):
            context = _context(data_docs)
            batch, parameters = open_source(context, checked.result.id)
            asked = context.suites.add(asked)
            definition = gx.ValidationDefinition(name=checked.result.id, data=batch, suite=asked)
            clock = dt.datetime.combine(day, dt.time(), dt.UTC)
            run = gx.RunIdentifier(run_name=plan[:16], run_time=clock)
            validation = context.validation_definitions.add(definition)
            result = validation.run(run_id=run, result_format="BASIC", batch_parameters=parameters)
            _clean(result, suite.name, clock, lacking(rules, prepared.missing))
            result.success = bool(result.success and not refused)
            result.meta["everycase"] = about
            if data_docs is not None:
                _write_docs(context, result, run, suite.name, data_docs)
            text = json.dumps(result.to_json_dict(), sort_keys=True).replace(lent_as, "lent")
            return read_back(json.loads(text), asked.to_json_dict(), refused, rules, idle)
    finally:
        del _TALLIES[plan]


@contextmanager
def _source(
    prepared: Any, fields: Mapping[str, FieldSpec], extra: int
) -> Iterator[tuple[Callable[[Any, str], tuple[Any, Any]], str]]:
    """Lend what counted the records, and give how the library opens it: its batch and the parameters of that."""
    name = f"lent_{id(prepared)}"
    with ExitStack() as stack:
        stack.callback(_LENT.pop, name, None)
        if not isinstance(prepared, Prepared) and not isinstance(prepared.server, Server):
            frame = seen_on_spark(prepared, prepared.server, fields, extra)
            _LENT[name] = prepared.server.session, None

            def open_source(context: Any, source_id: str) -> tuple[Any, Any]:
                source = context.data_sources.add_everycase_lent_spark(name="everycase", lent_as=name)
                asset = source.add_dataframe_asset(name=source_id)
                return asset.add_batch_definition_whole_dataframe("whole"), {"dataframe": frame}

            yield open_source, name
            return
        asked = {"query": "SELECT * FROM seen"}
        if isinstance(prepared, Prepared):
            # The name of the view is quoted, else the library folds or splits it.
            asked = {"table_name": f'"{stack.enter_context(seen(prepared, fields, extra))}"'}
            _LENT[name] = stack.enter_context(lent(prepared.connection)), None
        else:
            _LENT[name] = stack.enter_context(lent_server(prepared.server)), seen_on_postgres(prepared, fields, extra)

        def open_table(context: Any, source_id: str) -> tuple[Any, Any]:
            source = context.data_sources.add_everycase_lent(name="everycase", connection_string=name)
            asset = (source.add_query_asset if "query" in asked else source.add_table_asset)(name=source_id, **asked)
            return asset.add_batch_definition_whole_table("whole"), None

        yield open_table, name


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
    named = ExpectationSuiteIdentifier(name=suite)
    key = ValidationResultIdentifier(
        expectation_suite_identifier=named, run_id=run, batch_identifier=result.batch_id
    )  # fmt: skip
    context.validation_results_store.set(key, result)
    context.build_data_docs()
    cut_off(folder)


__all__ = ["GreatRecord", "reconcile", "record", "to_bytes", "unrecorded", "write"]
