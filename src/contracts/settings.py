"""Every setting of Visage, in one place.

Each is read from the environment: `VISAGE_`, the group, the field, such as `VISAGE_NATS_URL` or
`VISAGE_AGENT_SLOTS`. Where a server's URL is unset, `visage up` starts an embedded one.
`visage settings` prints them all with their values.
"""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class NatsSettings(BaseModel):
    """The message broker."""

    url: str | None = Field(None, description="nats://host:port. Defaults to an embedded server.")
    passwords: dict[str, SecretStr] = Field(
        default_factory=dict,
        description="JSON of actor name to password, for the users of nats.conf. Generated for the embedded server.",
    )
    replicas: int = Field(1, description="Copies of every stream and bucket. Defaults to 1; 3 on a cluster.")
    lease_seconds: float = Field(
        2.0, description="An unacknowledged message is handed out again after this long. Defaults to 2 s."
    )


class DatabaseSettings(BaseModel):
    """PostgreSQL."""

    url: SecretStr | None = Field(
        None, description="postgres://user:password@host:port/name. Defaults to an embedded server."
    )
    pool: int = Field(8, description="Connections an actor holds at most. Defaults to 8.")


class S3Settings(BaseModel):
    """The object store."""

    url: str | None = Field(
        None, description="Endpoint, http(s)://host:port. Defaults to an embedded server."
    )
    bucket: str = Field("visage", description='Bucket; made if missing. Defaults to "visage".')
    region: str = Field("us-east-1", description='Defaults to "us-east-1".')
    access_key: SecretStr | None = Field(None, description="Generated for the embedded server.")
    secret_key: SecretStr | None = Field(None, description="Generated for the embedded server.")


class GatewaySettings(BaseModel):
    """The web site and API."""

    host: str = Field("127.0.0.1", description="Address to listen on. Defaults to loopback.")
    port: int = Field(8080, description="Port to listen on; 0 takes a free one. Defaults to 8080.")
    public_url: str | None = Field(
        None, description="Address as users see it, used in links. Defaults to http://host:port."
    )
    session_days: int = Field(14, description="A log-in lasts this long. Defaults to 14 days.")
    secure_cookies: bool = Field(
        False, description="Cookies over HTTPS only; set in production. Defaults to false."
    )
    default_tier: str = Field("free", description='Tier of a new account. Defaults to "free".')
    rate_per_minute: int = Field(600, description="API requests a minute and user. Defaults to 600.")
    login_attempts: int = Field(10, description="Failed log-ins per address and 15 minutes. Defaults to 10.")
    upload_hours: int = Field(24, description="An unfinished upload is kept this long. Defaults to 24 hours.")


class SchedulerSettings(BaseModel):
    """Planning and fair dispatch."""

    segment_seconds: float = Field(5.0, description="Length a segment aims at. Defaults to 5 s.")
    max_attempts: int = Field(
        3, description="So many failed tries, or agents that died over it, end a segment. Defaults to 3."
    )
    leader_seconds: float = Field(2.0, description="Life of the leader's lease. Defaults to 2 s.")
    progress_seconds: float = Field(
        0.5, description="A job's progress is announced this often. Defaults to 0.5 s."
    )
    estimate_factor: float = Field(
        2.0, description="GPU seconds per source second assumed before any was measured. Defaults to 2."
    )
    hang_seconds: float = Field(
        20.0,
        description="A running segment that stands still for this long is run elsewhere. Defaults to 20 s.",
    )
    straggler_factor: float = Field(
        3.0,
        description="A segment that takes this many times its estimate is run twice where slots idle. Defaults to 3.",
    )


class AgentSettings(BaseModel):
    """A GPU agent."""

    id: str | None = Field(None, description="Name of the agent. Defaults to host and process id.")
    pool: str = Field("default", description='Pool it pulls from; new jobs go to it. Defaults to "default".')
    slots: int = Field(1, description="Segments at the same time. Defaults to 1.")
    engine: str | None = Field(
        None,
        description="Engine used where a job names none. Defaults to the best there is: simswap with imported weights, "
        "else compact, else paste.",
    )
    heartbeat_seconds: float = Field(1.0, description="Its card is renewed this often. Defaults to 1 s.")
    memory_mb: int = Field(
        4096, description="Address space of the worker process on CPU. Defaults to 4096 MB."
    )
    threads: int = Field(
        0, description="Threads of decoder, network and encoder; 0 takes all cores. Defaults to 0."
    )
    device: str = Field("cpu", description='Where engines compute: "cpu" or "cuda:0". Defaults to "cpu".')
    blend: Literal["soft", "compat"] = Field(
        "soft",
        description='How swapped faces are laid over frames: "soft", or "compat" as the published SimSwap scripts '
        'do it, to compare with. Defaults to "soft".',
    )
    hardware_encoders: Literal["auto", "off"] = Field(
        "auto",
        description='Encoders of the GPU: "auto" tries at the start which work, unless `device` is "cpu"; jobs take '
        'them where every agent of the pool has them. "off" never. Defaults to "auto".',
    )
    stall_seconds: float = Field(
        60.0, description="A segment without a new frame for this long is given up. Defaults to 60 s."
    )
    timed: bool = Field(
        False,
        description="Offer the engine `timed:<seconds>`, which only spends time; for tests and load. "
        "Defaults to false.",
    )
    weights_mb: int = Field(
        8192, description="Weights kept on disk, the last ones used. Defaults to 8192 MB."
    )
    grace_seconds: float = Field(
        10.0, description="Told to stop, segments get this long, then are handed back. Defaults to 10 s."
    )


class WebhookSettings(BaseModel):
    """Deliveries to customers' systems."""

    schedule_seconds: list[float] = Field(
        default=[0, 5, 300, 1800, 7200, 18000, 36000, 36000],
        description="Wait before each try, as JSON. Defaults to 0, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h.",
    )
    timeout_seconds: float = Field(15.0, description="A receiver has this long to answer. Defaults to 15 s.")
    allow_private: bool = Field(
        False, description="Deliver to private and loopback addresses; for tests only. Defaults to false."
    )


class SandboxSettings(BaseModel):
    """The worker processes that look at untrusted bytes."""

    memory_mb: int = Field(2048, description="Address space. Defaults to 2048 MB.")
    cpu_seconds: int = Field(
        60, description="Processor time of a probe, plan or photo check. Defaults to 60 s."
    )
    wall_seconds: float = Field(90.0, description="Time of a probe, plan or photo check. Defaults to 90 s.")


class QualitySettings(BaseModel):
    """The quality report that is made of a result after its job has ended."""

    windows: int = Field(
        5, description="So many stretches of a video are looked at; 0 makes no reports. Defaults to 5."
    )
    frames: int = Field(6, description="Consecutive frames in each stretch. Defaults to 6.")
    seconds: float = Field(
        180.0, description="A report may take this long; after that there is none. Defaults to 180 s."
    )


class StackSettings(BaseModel):
    """What `visage up` runs."""

    agents: int = Field(2, description="Agent processes. Defaults to 2.")
    schedulers: int = Field(1, description="Scheduler processes: one leads, others stand by. Defaults to 1.")
    mergers: int = Field(1, description="Merger processes. Defaults to 1.")
    relays: int = Field(1, description="Relay processes: one publishes, others stand by. Defaults to 1.")


class Settings(BaseSettings):
    """All settings, read from the environment."""

    model_config = SettingsConfigDict(
        env_prefix="VISAGE_", env_nested_delimiter="_", env_nested_max_split=1, extra="ignore", frozen=True
    )

    url: str | None = Field(
        None, description="Service the command line speaks to. Defaults to the one that runs on `data`."
    )
    api_key: SecretStr | None = Field(None, description="API key for the service at `url`.")
    data: Path = Field(
        Path("var"), description="Folder of the embedded servers' data, logs and secrets. Defaults to ./var."
    )
    commercial: bool = Field(
        False,
        description="The service is a business: weights that are not licensed for that are refused, imported or ours. "
        "Defaults to false.",
    )
    log_format: Literal["console", "json"] = Field(
        "console", description='How log lines are written. Defaults to "console".'
    )
    log_level: str = Field("info", description='Least level that is written. Defaults to "info".')
    health_host: str = Field(
        "127.0.0.1",
        description="Address an actor serves its health on; 0.0.0.0 in a container. Defaults to loopback.",
    )
    health_port: int = Field(
        0, description="Port of an actor's /healthz, /readyz, /metrics; 0 takes a free one. Defaults to 0."
    )
    nats: NatsSettings = NatsSettings()
    database: DatabaseSettings = DatabaseSettings()
    s3: S3Settings = S3Settings()
    gateway: GatewaySettings = GatewaySettings()
    scheduler: SchedulerSettings = SchedulerSettings()
    agent: AgentSettings = AgentSettings()
    webhooks: WebhookSettings = WebhookSettings()
    sandbox: SandboxSettings = SandboxSettings()
    quality: QualitySettings = QualitySettings()
    stack: StackSettings = StackSettings()
