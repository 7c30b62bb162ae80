"""citekit archives web articles as evidence, cites them, annotates them and builds their site.

Importing any submodule runs this file first, so it imports hardly anything: names are found when
asked.
"""

from __future__ import annotations

from citekit.version import __version__

TYPE_CHECKING = False  # the typing module alone would double the time of "citekit --version"
if TYPE_CHECKING:
    from citekit.app.annotating.annotate import Annotated as Annotated
    from citekit.app.annotating.reanchor import Reanchored as Reanchored
    from citekit.app.archive import Archive as Archive
    from citekit.app.auditing.result import Audit as Audit
    from citekit.app.auditing.result import ClaimLeanedOn as ClaimLeanedOn
    from citekit.app.auditing.result import QuotationChecked as QuotationChecked
    from citekit.app.auditing.result import SourceChecked as SourceChecked
    from citekit.app.changing.access import AccessChanged as AccessChanged
    from citekit.app.changing.merge import ItemsMerged as ItemsMerged
    from citekit.app.changing.plans import RemovePlan as RemovePlan
    from citekit.app.changing.plans import SetPlan as SetPlan
    from citekit.app.changing.purge import Purged as Purged
    from citekit.app.changing.purge import PurgePlan as PurgePlan
    from citekit.app.changing.recover import Recovered as Recovered
    from citekit.app.changing.undo import TakenBack as TakenBack
    from citekit.app.changing.undo import Undone as Undone
    from citekit.app.changing.withdrawal import AlreadySaid as AlreadySaid
    from citekit.app.citing.archived_item import ArchivedItem as ArchivedItem
    from citekit.app.citing.result import Cited as Cited
    from citekit.app.citing.result import Explained as Explained
    from citekit.app.citing.result import Reference as Reference
    from citekit.app.doctor.checked import CheckedThing as CheckedThing
    from citekit.app.intake.add import Added as Added
    from citekit.app.intake.adding.sources import ToAdd as ToAdd
    from citekit.app.intake.attaching.bringing import Brought as Brought
    from citekit.app.intake.bibliographies import Imported as Imported
    from citekit.app.intake.recapture import Recaptured as Recaptured
    from citekit.app.intake.recognising.merging import Difference as Difference
    from citekit.app.intake.recognising.merging import Doubt as Doubt
    from citekit.app.intake.restore import Restored as Restored
    from citekit.app.intake.restore import RestoredPayload as RestoredPayload
    from citekit.app.looking.bib_check import BibChecked as BibChecked
    from citekit.app.looking.bib_check import check_bibliography as check_bibliography
    from citekit.app.looking.diff import CaptureDiff as CaptureDiff
    from citekit.app.looking.duplicates import Duplicate as Duplicate
    from citekit.app.looking.log import LoggedEvent as LoggedEvent
    from citekit.app.looking.rows import Rows as Rows
    from citekit.app.looking.stats import Stats as Stats
    from citekit.app.packages.backup import BackedUp as BackedUp
    from citekit.app.packages.export import Exported as Exported
    from citekit.app.papers.found import CitedKey as CitedKey
    from citekit.app.proving.check_proof import check_proof as check_proof
    from citekit.app.proving.proof_verdict import ProofVerdict as ProofVerdict
    from citekit.app.proving.prove import Proof as Proof
    from citekit.app.rendering.render import RenderedPaper as RenderedPaper
    from citekit.app.sealing.revoking import KeyToRevoke as KeyToRevoke
    from citekit.app.sealing.revoking import revoke as revoke
    from citekit.app.sealing.seal import Keys as Keys
    from citekit.app.sealing.seal import Sealed as Sealed
    from citekit.app.sealing.signing_keys import NewKey as NewKey
    from citekit.app.sealing.unconfirmed import Unconfirmed as Unconfirmed
    from citekit.app.sealing.unconfirmed import WaitingChange as WaitingChange
    from citekit.app.sealing.waiting import Conflict as Conflict
    from citekit.app.styles.take_in import StylesTaken as StylesTaken
    from citekit.app.syncing.cited import CitedByPapers as CitedByPapers
    from citekit.app.syncing.sync import Synced as Synced
    from citekit.app.verifying.log_checks.trust_anchors import Outside as Outside
    from citekit.app.verifying.log_checks.trust_anchors import read_outside as read_outside
    from citekit.app.verifying.verify import Report as Report
    from citekit.app.witnessing.take_in import TakenIn as TakenIn
    from citekit.app.witnessing.witness import Cosigned as Cosigned
    from citekit.app.witnessing.witness import make_witness_key as make_witness_key
    from citekit.app.witnessing.witness import witness as witness
    from citekit.capture.visitor import Visitor as Visitor
    from citekit.csl.style.describe import StyleDescription as StyleDescription
    from citekit.csl.style.ir import StyleRemark as StyleRemark
    from citekit.csl.style.search import StyleSummary as StyleSummary
    from citekit.errors import CaptureFailed as CaptureFailed
    from citekit.errors import CitekitError as CitekitError
    from citekit.errors import IntegrityFailed as IntegrityFailed
    from citekit.errors import InvalidData as InvalidData
    from citekit.errors import MissingExtra as MissingExtra
    from citekit.errors import NotFound as NotFound
    from citekit.errors import Place as Place
    from citekit.errors import StorageFailed as StorageFailed
    from citekit.errors import StoreConflict as StoreConflict
    from citekit.errors import UsageError as UsageError
    from citekit.findings import Finding as Finding
    from citekit.model.annotation import Annotation as Annotation
    from citekit.model.annotation import Passage as Passage
    from citekit.model.claim import Claim as Claim
    from citekit.model.claim import ClaimEvidence as ClaimEvidence
    from citekit.model.entity import Entity as Entity
    from citekit.model.entity import Mention as Mention
    from citekit.model.item import Item as Item
    from citekit.store.index.sqlite import Hit as Hit
    from citekit.store.index.sqlite import Row as Row
    from citekit.store.writing.recovery import Mended as Mended

_PLACES = {
    "citekit.app.annotating.annotate": "Annotated",
    "citekit.app.annotating.reanchor": "Reanchored",
    "citekit.app.archive": "Archive",
    "citekit.app.auditing.result": "Audit ClaimLeanedOn QuotationChecked SourceChecked",
    "citekit.app.changing.access": "AccessChanged",
    "citekit.app.changing.merge": "ItemsMerged",
    "citekit.app.changing.plans": "RemovePlan SetPlan",
    "citekit.app.changing.purge": "Purged PurgePlan",
    "citekit.app.changing.recover": "Recovered",
    "citekit.app.changing.undo": "TakenBack Undone",
    "citekit.app.changing.withdrawal": "AlreadySaid",
    "citekit.app.citing.archived_item": "ArchivedItem",
    "citekit.app.citing.result": "Cited Explained Reference",
    "citekit.app.doctor.checked": "CheckedThing",
    "citekit.app.intake.add": "Added",
    "citekit.app.intake.adding.sources": "ToAdd",
    "citekit.app.intake.attaching.bringing": "Brought",
    "citekit.app.intake.bibliographies": "Imported",
    "citekit.app.intake.recognising.merging": "Difference Doubt",
    "citekit.app.intake.restore": "Restored RestoredPayload",
    "citekit.app.intake.recapture": "Recaptured",
    "citekit.app.looking.bib_check": "BibChecked check_bibliography",
    "citekit.app.looking.diff": "CaptureDiff",
    "citekit.app.looking.duplicates": "Duplicate",
    "citekit.app.looking.log": "LoggedEvent",
    "citekit.app.looking.rows": "Rows",
    "citekit.app.looking.stats": "Stats",
    "citekit.app.packages.backup": "BackedUp",
    "citekit.app.packages.export": "Exported",
    "citekit.app.rendering.render": "RenderedPaper",
    "citekit.app.proving.check_proof": "check_proof",
    "citekit.app.proving.proof_verdict": "ProofVerdict",
    "citekit.app.proving.prove": "Proof",
    "citekit.app.sealing.revoking": "KeyToRevoke revoke",
    "citekit.app.sealing.seal": "Keys Sealed",
    "citekit.app.sealing.signing_keys": "NewKey",
    "citekit.app.sealing.unconfirmed": "Unconfirmed WaitingChange",
    "citekit.app.sealing.waiting": "Conflict",
    "citekit.app.verifying.log_checks.trust_anchors": "Outside read_outside",
    "citekit.app.verifying.verify": "Report",
    "citekit.app.witnessing.take_in": "TakenIn",
    "citekit.app.witnessing.witness": "Cosigned make_witness_key witness",
    "citekit.app.papers.found": "CitedKey",
    "citekit.app.syncing.cited": "CitedByPapers",
    "citekit.app.syncing.sync": "Synced",
    "citekit.app.styles.take_in": "StylesTaken",
    "citekit.capture.visitor": "Visitor",
    "citekit.csl.style.describe": "StyleDescription",
    "citekit.csl.style.ir": "StyleRemark",
    "citekit.csl.style.search": "StyleSummary",
    "citekit.errors": (
        "CaptureFailed CitekitError IntegrityFailed InvalidData MissingExtra "
        "NotFound Place StorageFailed StoreConflict UsageError"
    ),
    "citekit.findings": "Finding",
    "citekit.model.annotation": "Annotation Passage",
    "citekit.model.claim": "Claim ClaimEvidence",
    "citekit.model.entity": "Entity Mention",
    "citekit.model.item": "Item",
    "citekit.store.index.sqlite": "Hit Row",
    "citekit.store.writing.recovery": "Mended",
}
_MODULE_OF = {name: module for module, names in _PLACES.items() for name in names.split()}

__all__ = ["__version__", *_MODULE_OF]  # noqa: PLE0604  # names, all of them


if not TYPE_CHECKING:  # else a type checker would take every name for one of ours

    def __getattr__(name: str) -> object:
        """Find a public name where it lives."""
        if name in _MODULE_OF:
            from importlib import import_module

            return getattr(import_module(_MODULE_OF[name]), name)
        raise AttributeError(f"module 'citekit' has no attribute {name!r}")


def __dir__() -> list[str]:
    """The public names, for completion."""
    return sorted(__all__)
