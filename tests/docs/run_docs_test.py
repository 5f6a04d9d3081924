"""The runner of the documentation sees a page that lies, and lets a page with wildcards pass."""

import os
import tempfile
import unittest
import unittest.mock

import run_docs


def problems(text: str) -> list:
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "page.md")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return run_docs.problems_of(path, folder)


class RunDocs(unittest.TestCase):
    def test_a_true_page_passes(self) -> None:
        self.assertEqual(problems("words\n```console\n$ echo one; echo two\none\ntwo\n```\n"), [])

    def test_a_false_line_is_found_with_its_place(self) -> None:
        found = problems("words\n```console\n$ echo one\ntwo\n```\n")
        self.assertEqual(len(found), 1)
        self.assertIn("page.md:3: `echo one` printed\none\n", found[0])

    def test_a_missing_line_is_found(self) -> None:
        self.assertEqual(len(problems("```console\n$ printf 'a\\nb\\n'\na\n```\n")), 1)

    def test_dots_stand_for_lines_and_for_text(self) -> None:
        page = "```console\n$ seq 5; echo took 17 ms\n1\n...\n5\ntook ... ms\n```\n"
        self.assertEqual(problems(page), [])
        self.assertEqual(len(problems(page.replace("... ms", "... s"))), 1)

    def test_a_command_goes_on_and_the_shell_remembers(self) -> None:
        page = ("```console\n$ cat > file <<E\n> text\n> E\n```\n"
                "```console\n$ cat file\ntext\n$ false\n$ echo $?\n1\n```\n")
        self.assertEqual(problems(page), [])

    def test_a_silent_failure_shows_when_asked(self) -> None:
        self.assertEqual(problems("```console\n$ (exit 3); echo $?\n3\n```\n"), [])

    def test_an_excerpt_is_what_stands_in_the_file(self) -> None:
        page = "<!-- LICENSE -->\n```\n                                 Apache License\n```\n"
        self.assertEqual(problems(page), [])
        self.assertIn("page.md:1: this is not in LICENSE", problems(page.replace("Ap", "ap"))[0])
        self.assertIn("there is no GONE", problems(page.replace("LICENSE", "GONE"))[0])

    def test_what_stays_in_the_background_begins_and_ends(self) -> None:
        server = "```console\n$ (trap 'echo bye; exit' TERM; echo on; while :; do sleep 0.1; done) &\n"
        page = server + "on\n$ echo between\nbetween\n$ kill %1; wait; echo $?\n0\nbye\n```\n"
        self.assertEqual(problems(page), [])
        self.assertIn("page.md:2: ", problems(page.replace("on\n$", "off\n$"))[0])
        self.assertIn("page.md:6: ", problems(page.replace("bye\n```", "```"))[0])
        left = problems(server + "on\n```\n")
        self.assertEqual(len(left), 1)
        self.assertIn("still runs", left[0])

    def test_a_background_command_that_dies_is_waited_for_no_longer(self) -> None:
        found = problems("```console\n$ (echo no; exit 69) &\nready\ngo\n```\n")
        self.assertEqual(len(found), 1)
        self.assertIn("printed\nno\n", found[0])

    def test_a_shell_that_ends_early_is_told(self) -> None:
        found = problems("```console\n$ exit 0\n$ echo one\none\n```\n")
        self.assertIn("the shell ended before the end of `exit 0`", found[0])

    def test_a_command_that_hangs_is_named(self) -> None:
        with unittest.mock.patch("run_docs.SECONDS_MAX", 1):
            found = problems("```console\n$ echo one\none\n$ echo two; sleep 60\ntwo\n```\n")
        self.assertEqual(len(found), 1)
        self.assertIn("page.md:4: the shell ended before the end of `echo two; sleep 60`", found[0])
        self.assertIn("printed\ntwo\n", found[0])

    def test_a_dead_link_is_found(self) -> None:
        page = "[itself](page.md#top) [away](https://example.org/x) [here](#there)\n"
        self.assertEqual(problems(page), [])
        self.assertIn("page.md:2: nothing stands at gone.md", problems(page + "[x](gone.md)")[0])


if __name__ == "__main__":
    unittest.main()
