"""The page where a job is made. Its address holds what was chosen.

`?upload=…&face=…`, or `?upload=…&who=each&person-1=…` where each person gets a face of its own.
"""

from uuid import UUID

from aiohttp import web

from contracts.errors import RequestError, VisageError
from contracts.media import MediaKind
from contracts.quotes import Quote
from contracts.states import UploadState
from gateway.context import Gateway, gateway_of
from gateway.people import CastView
from gateway.principal import Principal, principal_of
from gateway.problems import status_of
from gateway.services import faces, jobs, uploads
from gateway.services.engines import usual_engine
from gateway.services.quotes import quote_of
from gateway.site.engines import engine_shown
from gateway.site.forms import text_fields
from gateway.site.pages.choice import Choice
from gateway.site.render import render
from gateway.site.shown.person import PersonShown
from gateway.site.shown.target import TargetShown
from gateway.site.texts import t
from gateway.views.faces import FaceView
from storage.casts import cast_of
from storage.jobs import count_unfinished
from storage.models import Upload
from storage.pauses import pause_of
from storage.weights import settled_engine

RECENT = 4


async def show(request: web.Request) -> web.Response:
    """GET /new."""
    return await _page(request, Choice.of(request.query, "upload", "face"))


async def start(request: web.Request) -> web.Response:
    """POST /new: start the job, or say why not."""
    form = await text_fields(request)
    choice = Choice.of(form, "upload_id", "face_id")
    principal = principal_of(request)
    try:
        job = await jobs.submit_job(gateway_of(request), principal, choice.request(), request.remote)
    except VisageError as error:
        return await _page(request, choice, error)
    raise web.HTTPSeeOther(f"/jobs/{job.id}")


async def _page(request: web.Request, choice: Choice, error: VisageError | None = None) -> web.Response:
    principal, settings = principal_of(request), gateway_of(request).settings
    target = await _target(principal, choice.upload, settings.scheduler.segment_seconds)
    library = [FaceView.of(face) for face in await faces.list_faces(principal)]
    chosen_face = next((face for face in library if face.id == choice.face), None)
    cast = await _cast(target) if choice.each else None
    persons = _persons(cast, choice, {face.id for face in library}, target)
    recent = await _recent(principal, settings.scheduler.segment_seconds) if target is None else []
    engine = await usual_engine(gateway_of(request).bus, settings)
    quote = await _quote(gateway_of(request), principal, target, engine)
    return render(
        request,
        "new.html",
        status=status_of(error.reason) if error else 200,
        error=error.message if error else None,
        target=target,
        quote=quote,
        recent=recent,
        faces=library,
        chosen_face=chosen_face,
        each=choice.each and target is not None and target.ready,
        cast=cast,
        persons=persons,
        engine=engine_shown(engine),
        unfinished=await count_unfinished(principal.user_id),
        missing=_missing(
            target, any(one.face for one in persons) if choice.each else chosen_face is not None
        ),
        pause=await pause_of(principal.tier.name),
    )


async def _quote(
    gateway: Gateway, principal: Principal, target: TargetShown | None, engine: str
) -> Quote | None:
    if target is None or not target.ready:
        return None
    try:
        engine = await settled_engine(engine, commercial=gateway.settings.commercial)
    except RequestError:  # whoever starts the job is told
        return None
    return await quote_of(gateway.bus, gateway.settings.agent.pool, principal.user_id, target.id, engine)


async def _target(principal: Principal, upload_id: UUID | None, segment_seconds: float) -> TargetShown | None:
    if upload_id is None:
        return None
    try:
        upload = await uploads.get_upload(principal, upload_id)
    except RequestError:
        return None  # a link to something that is gone: begin anew
    return _shown(principal, upload, segment_seconds) if upload.purpose == uploads.TARGET else None


async def _recent(principal: Principal, segment_seconds: float) -> list[TargetShown]:
    found, _ = await uploads.list_uploads(principal, uploads.TARGET)
    ready = [upload for upload in found if upload.state is UploadState.READY]
    return [_shown(principal, upload, segment_seconds) for upload in ready[:RECENT]]


def _shown(principal: Principal, upload: Upload, segment_seconds: float) -> TargetShown:
    return TargetShown.of(upload, principal.tier, segment_seconds)


async def _cast(target: TargetShown | None) -> CastView | None:
    """The people of the target; None where nobody has asked for them, or nothing is there to look at."""
    cast = await cast_of(target.id) if target is not None and target.ready else None
    return CastView.of(cast) if cast is not None else None


def _persons(
    cast: CastView | None, choice: Choice, library: set[UUID], target: TargetShown | None
) -> list[PersonShown]:
    """The people with the faces that were chosen, as far as these are still in the library."""
    chosen = {name: face for name, face in choice.persons.items() if face in library}
    picture = target is not None and target.kind == MediaKind.PICTURE
    return [PersonShown.of(one, chosen.get(one.name), picture) for one in (cast.persons if cast else [])]


def _missing(target: TargetShown | None, face: bool) -> str:
    """What has to be chosen before a job can start; empty when nothing is missing."""
    ready = target is not None and target.ready
    if ready and face:
        return ""
    if ready:
        return t("Pick a face to go on.")
    return t("Choose a video or picture to go on.") if face else t("Choose a video or picture, and a face.")
