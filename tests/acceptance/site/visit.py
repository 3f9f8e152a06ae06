"""A visitor in a real browser, who notes everything the browser complains about."""

from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from playwright.async_api import ConsoleMessage, Page, Response, expect

from tests.waiting import until

PASSWORD = "correct horse battery"
PHONE = (390, 844)
DESKTOP = (1280, 800)


@dataclass
class Visit:
    """One browser window on the service at `url`."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)

    def listen(self) -> None:
        """Note errors and warnings of scripts, broken policies, and answers of failing servers."""
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        self.page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        # A refusal the page shows in words is also logged by the browser; it is no fault.
        expected = message.text.startswith("Failed to load resource")
        if message.type in ("error", "warning") and not expected:
            self.complaints.append(f"{message.type}: {message.text} ({self.page.url})")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.complaints.append(f"{response.status}: {response.url}")

    async def open(self, path: str) -> None:
        """Go to a page of the service."""
        await self.page.goto(self.url + path)

    async def sign_up(self, email: str | None = None) -> str:
        """Become a new user by the page; returns the address."""
        email = email or f"{uuid4().hex[:12]}@example.com"
        await self.open("/signup")
        await self.page.get_by_label("Email").fill(email)
        await self.page.get_by_label("Password").fill(PASSWORD)
        await self.page.get_by_role("button", name="Create account").click()
        await self.page.wait_for_url("**/new")
        return email

    async def start_job(self, video: Path, face: Path) -> None:
        """Make a job on the page where jobs are made; ends on the job's page."""
        step = self.page.locator
        await step("[data-step=target] [data-file]").set_input_files(video)
        await expect(step("[data-ready]")).to_be_visible()
        await step("[data-step=face] [data-file]").set_input_files(face)
        await expect(self.page.get_by_role("radio", name=face.stem)).to_be_checked()
        await self.page.get_by_role("button", name="Swap the face").click()
        await self.page.wait_for_url("**/jobs/*")

    async def until(self, condition: str) -> None:
        """Wait until the expression is true in the page.

        Playwright's own wait evaluates a string inside the page, which the site's policy forbids.
        """
        await until(lambda: self.page.evaluate(condition))

    async def overflow(self) -> int:
        """Pixels by which the page is wider than its window."""
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        return int(await self.page.evaluate(wide))
