"""The addresses that the teacher's JupyterLab prints: each logs in."""

import sys
import unittest
from urllib.parse import parse_qs, urlparse

from answers import ROOT

sys.path.insert(0, str(ROOT / "scripts/classroom"))

from lab import ServerApp  # noqa: E402


class Addresses(unittest.TestCase):
    def printed(self, page: str, ip: str) -> list[str]:
        server = ServerApp(ip=ip, port=8890, default_url=page)
        server.identity_provider = server.identity_provider_class(parent=server, token="secret")
        server.identity_provider.token_generated = True
        lines = [line.strip() for line in server.connect_url.splitlines()]
        return [line for line in lines if line.startswith("http")]

    def test_each_has_one_question_mark_and_the_token(self) -> None:
        for ip in ("localhost", "0.0.0.0", "::"):
            urls = self.printed("/lab?formgrader=true&x=", ip)
            self.assertEqual(len(urls), 2, urls)
            for url in urls:
                self.assertEqual(url.count("?"), 1, url)
                about = parse_qs(urlparse(url).query, keep_blank_values=True)
                self.assertEqual(about, {"formgrader": ["true"], "x": [""], "token": ["secret"]})

    def test_a_page_without_a_query_has_the_token_alone(self) -> None:
        for url in self.printed("/lab", "0.0.0.0"):
            self.assertEqual(urlparse(url).path, "/lab")
            self.assertEqual(urlparse(url).query, "token=secret")


if __name__ == "__main__":
    unittest.main()
