"""The door for administrators: serve, work, migrate, deploy, lint, decide, demo, user, calendar, verify-audit, check.

Every command answers 0 when it did what was asked, 1 when that was refused, 2 for a command it does not know.
"""

from __future__ import annotations

import argparse
import contextlib
import getpass
import logging
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from waitress.server import create_server

from service import business_calendar, feel, texts, wiring, worker
from service.auth import SYSTEM, Vault, accounts
from service.casework import calendar_import, identities
from service.errors import DeploymentRejected, Finding, FormRejected, Invalid, ServiceError, Severity
from service.runtime import audit, decisions, deployments, integrity
from service.runtime.deployments import Resource
from service.runtime.engine import Engine, SetClock, SystemClock
from service.runtime.unit import UnitOfWork
from service.settings import BadSetting, Settings

MODELS = frozenset({".bpmn", ".dmn", ".form"})

# Where the shipped models lie: beside the package.
SHIPPED = Path(__file__).parents[1]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status."""
    try:
        settings = Settings.from_environment()
    except BadSetting as error:
        print(texts.render(error), file=sys.stderr)
        return 1
    command = _Command(settings)
    parsed = _parser(settings.locale, command).parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = parsed.run
    try:
        return run(parsed)
    except DeploymentRejected as error:
        command.show(error.findings)
        command.complain(error)
    except FormRejected as error:
        for path, problems in texts.fields(error, settings.locale).items():
            print(f"{path}: {' '.join(problems)}", file=sys.stderr)
    except (BadSetting, ServiceError) as error:
        command.complain(error)
    return 1


class _Command:
    """The commands, one method each."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    # Output

    def say(self, code: str, **facts: object) -> None:
        print(self.text(code, **facts), flush=True)

    def text(self, code: str, **facts: object) -> str:
        return texts.message(f"cli.{code}", facts, self._settings.locale)

    def complain(self, error: BadSetting | ServiceError) -> None:
        print(texts.render(error, self._settings.locale), file=sys.stderr)

    def show(self, findings: Sequence[Finding]) -> None:
        for finding in findings:
            mark = self.text("error" if finding.severity is Severity.ERROR else "warning")
            print(f"{mark} {texts.finding(finding, self._settings.locale)}", file=sys.stderr)

    # Running

    def serve(self, parsed: argparse.Namespace) -> int:
        from service.web import create_app  # the other commands start faster without it

        _log()
        settings = self._settings
        engine = self._migrated()
        application = create_app(engine, settings)
        stop = threading.Event()
        thread = threading.Thread(target=worker.Worker(engine).run, args=(stop,), name="worker")
        host, port = parsed.host or settings.host, parsed.port or settings.port
        server = create_server(
            application, host=host, port=port, threads=8, ident=None, max_request_body_size=64 * 1024 * 1024
        )
        thread.start()
        try:
            _on_stop(_leave)  # before the announcement: who reads it may end us at once
            self.say("serving", address=f"http://{'localhost' if settings.is_demo else host}:{port}")
            server.run()
        finally:
            stop.set()
            engine.site.work_arrived.set()
            thread.join(timeout=30)
            engine.close()
        return 0

    def work(self, _parsed: argparse.Namespace) -> int:
        _log()
        engine = self._migrated()
        stop = threading.Event()

        def end() -> None:
            stop.set()
            engine.site.work_arrived.set()

        _on_stop(end)
        self.say("working")
        worker.Worker(engine).run(stop)
        engine.close()
        return 0

    def migrate(self, _parsed: argparse.Namespace) -> int:
        engine = self._migrated()
        engine.close()
        self.say("migrated")
        return 0

    # Models

    def deploy(self, parsed: argparse.Namespace) -> int:
        engine = self._migrated()
        resources = _resources(parsed.paths)
        if parsed.shipped:
            with engine.reading(SYSTEM) as unit:
                resources, kept = deployments.new_to_the_site(unit, resources)
            for name in kept:
                self.say("kept_owners_version", name=name)
            if not resources:
                self.say("deployed_before")
                engine.close()
                return 0
        deployed = engine.run(SYSTEM, lambda unit: deployments.deploy(unit, resources, parsed.name))
        self.show(deployed.findings)
        for name in deployed.named:
            print(name)
        waits = deployed.deployment.release is deployments.Release.WAITING
        self.say("deployed_waiting" if waits else "deployed", key=deployed.deployment.key, files=len(resources))
        engine.close()
        return 0

    def lint(self, parsed: argparse.Namespace) -> int:
        resources = _resources(parsed.paths)
        # The files alone are checked, not what some database holds: an empty one stands for "nothing else is there".
        with tempfile.TemporaryDirectory() as folder:
            engine = Engine(f"sqlite:///{folder}/empty.db", None, wiring.PLUGINS, zone=self._settings.zone)
            engine.migrate()
            with engine.reading(SYSTEM) as unit:
                checked = deployments.check(unit, resources)
            engine.close()
        self.show(checked.findings)
        self.say("linted_bad" if checked.rejected else "linted", files=len(resources), count=len(checked.findings))
        return 1 if checked.rejected else 0

    def decide(self, parsed: argparse.Namespace) -> int:
        inputs = _inputs(parsed.inputs)
        if parsed.file:
            with tempfile.TemporaryDirectory() as folder:
                engine = Engine(f"sqlite:///{folder}/one.db", None, wiring.PLUGINS, zone=self._settings.zone)
                engine.migrate()
                resources = _resources([parsed.file])
                engine.run(SYSTEM, lambda unit: deployments.deploy(unit, resources))
                status = self._decide(engine, parsed.decision, inputs)
                engine.close()
                return status
        engine = self._migrated()
        status = self._decide(engine, parsed.decision, inputs)
        engine.close()
        return status

    def _decide(self, engine: Engine, decision: str, inputs: dict[str, object]) -> int:
        run = engine.run(SYSTEM, lambda unit: decisions.evaluate(unit, decision, inputs))
        for evaluated in run.evaluation.decisions:
            print(f"{evaluated.id} {evaluated.name}")
            for given in evaluated.inputs:
                print(f"  {given.name} = {feel.string(given.value)}")
            for rule in evaluated.matched:
                notes = "; ".join(note for note in rule.annotations.values() if note)
                outputs = ", ".join(f"{item.name or item.id} = {feel.string(item.value)}" for item in rule.outputs)
                print(f"  {self.text('rule', index=rule.index)} {outputs}{f'  ({notes})' if notes else ''}")
        for diagnostic in run.evaluation.diagnostics:
            print(texts.message(diagnostic.code, diagnostic.facts, self._settings.locale), file=sys.stderr)
        for failure in run.evaluation.failures:
            print(texts.message(failure.code, failure.facts, self._settings.locale), file=sys.stderr)
        print(feel.string(run.evaluation.value))
        return 1 if run.evaluation.failed else 0

    def demo(self, parsed: argparse.Namespace) -> int:
        from service.casework import demo  # the other commands start faster without it

        if parsed.seed:
            if not self._settings.is_demo:
                raise Invalid("cli.demo_only_in_demo")
            clock = SetClock(SystemClock().now())
            engine = wiring.engine(self._settings, clock)
            engine.migrate()
            seeded = demo.seed(demo.Stage(engine, clock, lambda: worker.run_until_idle(engine), _print))
            engine.close()
            self.say("seeded" if seeded else "seeded_before")
            return 0
        # The story runs months ahead of today, so it has a database of its own.
        with tempfile.TemporaryDirectory() as folder:
            clock = SetClock(SystemClock().now())
            engine = Engine(f"sqlite:///{folder}/demo.db", clock, wiring.PLUGINS, zone=self._settings.zone)
            engine.migrate()
            resources = _resources([SHIPPED / "processes", SHIPPED / "forms"])
            engine.run(SYSTEM, lambda unit: deployments.deploy(unit, resources))
            demo.play(demo.Stage(engine, clock, lambda: worker.run_until_idle(engine), _print))
            engine.close()
        return 0

    # People and proof

    def add_user(self, parsed: argparse.Namespace) -> int:
        engine = self._migrated()
        roles = [(role, unit) for role, _, unit in (text.partition("@") for text in parsed.role)]
        password = sys.stdin.readline().rstrip("\n") if parsed.password_stdin else self._ask_password()

        def create(unit: UnitOfWork) -> None:
            accounts.create(unit, parsed.name, parsed.display_name or parsed.name, password, roles)
            audit.record(unit, "account.create", ("account", parsed.name), after={"roles": parsed.role})

        engine.run(SYSTEM, create)
        engine.close()
        self.say("user_added", name=parsed.name, roles=parsed.role)
        return 0

    def _ask_password(self) -> str:
        first = getpass.getpass(self.text("password"))
        if first != getpass.getpass(self.text("password_again")):
            raise Invalid("cli.passwords_differ")
        return first

    def import_calendar(self, parsed: argparse.Namespace) -> int:
        if not parsed.file.is_file():
            raise Invalid("cli.no_such_path", path=str(parsed.file))
        text = _calendar_text(parsed.file, parsed.source)
        engine = self._migrated()
        imported = engine.run(SYSTEM, lambda unit: calendar_import.import_calendar(unit, text, parsed.file.name))
        engine.close()
        self.say(
            "calendar_imported", year=imported.year.number, days=len(imported.year.days), moved=len(imported.moved)
        )
        return 0

    def verify_audit(self, _parsed: argparse.Namespace) -> int:
        engine = self._migrated()
        with engine.reading(SYSTEM) as unit:
            result = audit.verify(unit)
        engine.close()
        if result.whole:
            self.say("audit_whole", count=result.entries)
            return 0
        reason = texts.message(result.reason or "", {"sequence": result.broken_at}, self._settings.locale)
        print(reason, file=sys.stderr)
        return 1

    def rotate_keys(self, _parsed: argparse.Namespace) -> int:
        engine = self._migrated()
        vault = Vault(self._settings.identity_keys_file)
        # The new key is in the file before anything is sealed with it, the old ones until everything is.
        vault.add_key()
        count = engine.run(SYSTEM, identities.rotate)
        vault.forget_old_keys()
        engine.close()
        self.say("keys_rotated", count=count, path=str(self._settings.identity_keys_file))
        return 0

    def backup(self, parsed: argparse.Namespace) -> int:
        with contextlib.closing(wiring.engine(self._settings)) as engine:
            engine.back_up(parsed.file)
        self.say("backed_up", path=parsed.file)
        return 0

    def restore(self, parsed: argparse.Namespace) -> int:
        with contextlib.closing(wiring.engine(self._settings)) as engine:
            engine.restore(parsed.file)
        self.say("restored", path=parsed.file)
        return self.check(parsed)

    def check(self, _parsed: argparse.Namespace) -> int:
        engine = self._migrated()
        with engine.reading(SYSTEM) as unit:
            report = integrity.check(unit)
        engine.close()
        for breach in report.breaches:
            print(texts.message(breach.code, breach.facts, self._settings.locale), file=sys.stderr)
        told = {"instances": report.instances, "entries": report.entries, "count": len(report.breaches)}
        self.say("checked" if report.whole else "checked_bad", **told)
        return 0 if report.whole else 1

    def _migrated(self) -> Engine:
        engine = wiring.engine(self._settings)
        engine.migrate()
        return engine


def _calendar_text(file: Path, source: str) -> str:
    """Return the csv of a calendar file: csv itself, a workbook, or the text of a notice."""
    if file.suffix.lower() == ".xlsx":
        return business_calendar.write_year(business_calendar.read_workbook(file.read_bytes(), file.name, source))
    text = file.read_text("utf-8-sig", errors="replace")
    if file.suffix.lower() == ".txt":
        return business_calendar.write_year(business_calendar.read_notice(text, source))
    return text


def _parser(locale: str, command: _Command) -> argparse.ArgumentParser:
    def text(code: str) -> str:
        return texts.message(f"cli.{code}", {}, locale)

    parser = argparse.ArgumentParser(prog="python -m service", description=text("description"))
    commands = parser.add_subparsers(required=True, metavar=text("command"))

    def add(name: str, run: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        help_ = text("help_" + name.replace("-", "_"))
        added = commands.add_parser(name, help=help_, description=help_)
        added.set_defaults(run=run)
        return added

    serve = add("serve", command.serve)
    serve.add_argument("--host", help=text("help_host"))
    serve.add_argument("--port", type=int, help=text("help_port"))
    add("work", command.work)
    add("migrate", command.migrate)
    deploy = add("deploy", command.deploy)
    deploy.add_argument("paths", nargs="+", type=Path, help=text("help_paths"))
    deploy.add_argument("--name", default="", help=text("help_name"))
    deploy.add_argument("--shipped", action="store_true", help=text("help_shipped"))
    lint = add("lint", command.lint)
    lint.add_argument("paths", nargs="+", type=Path, help=text("help_paths"))
    decide = add("decide", command.decide)
    decide.add_argument("decision", help=text("help_decision"))
    decide.add_argument("inputs", nargs="*", metavar="name=value", help=text("help_inputs"))
    decide.add_argument("--file", type=Path, help=text("help_file"))
    demo = add("demo", command.demo)
    demo.add_argument("--seed", action="store_true", help=text("help_seed"))
    user = add("user", command.add_user)
    user.add_argument("verb", choices=["add"], help=text("help_user_verb"))
    user.add_argument("name", help=text("help_user_name"))
    user.add_argument("--role", action="append", default=[], metavar="CODE[@unit]", help=text("help_role"))
    user.add_argument("--display-name", help=text("help_display_name"))
    user.add_argument("--password-stdin", action="store_true", help=text("help_password_stdin"))
    calendar = add("calendar", command.import_calendar)
    calendar.add_argument("verb", choices=["import"], help=text("help_user_verb"))
    calendar.add_argument("file", type=Path, help=text("help_calendar_file"))
    calendar.add_argument("--source", default="", help=text("help_calendar_source"))
    add("verify-audit", command.verify_audit)
    add("check", command.check)
    add("backup", command.backup).add_argument("file", type=Path, help=text("help_copy"))
    add("restore", command.restore).add_argument("file", type=Path, help=text("help_copy"))
    add("rotate-keys", command.rotate_keys)
    return parser


def _resources(paths: Sequence[Path]) -> list[Resource]:
    """Return the model files below the given files and folders, by name. Raises `Invalid` when there is none."""
    found: dict[str, Path] = {}
    for path in paths:
        if not path.exists():
            raise Invalid("cli.no_such_path", path=str(path))
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file() and (file.suffix in MODELS or not path.is_dir()):
                if file.name in found:
                    raise Invalid("cli.same_name", name=file.name, one=str(found[file.name]), other=str(file))
                found[file.name] = file
    if not found:
        raise Invalid("cli.no_models", paths=", ".join(str(path) for path in paths))
    return [Resource(name, path.read_bytes()) for name, path in found.items()]


def _inputs(given: Sequence[str]) -> dict[str, object]:
    """Return `name=value` pairs; a value is JSON, or else a text."""
    inputs: dict[str, object] = {}
    for pair in given:
        name, separator, text = pair.partition("=")
        if not separator or not name:
            raise Invalid("cli.input_invalid", found=pair)
        try:
            inputs[name] = feel.codec.decode(text)
        except Invalid:
            inputs[name] = text
    return inputs


def _print(line: str) -> None:
    print(line, flush=True)


def _log() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")


def _leave() -> None:
    # The server's loop knows this exception: it answers the requests at hand and returns.
    raise SystemExit(0)


def _on_stop(end: Callable[[], None]) -> None:
    def stop(*_: object) -> None:
        end()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
